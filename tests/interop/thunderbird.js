// Run inside Thunderbird by thunderbird.py: calls the function that the first argument names with those that follow, and
// hands back what it gives. Each is what a click in the window does; a folder is named by its path from the account.

const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const { setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");
const { NetUtil } = ChromeUtils.importESModule("resource://gre/modules/NetUtil.sys.mjs");

const REFRESH_MS_MAX = 15000;

const server = () => MailServices.accounts.findServer("alice", "localhost", "imap");

function folderAt(path) {
  return path.split("/").reduce((folder, name) => folder.getChildNamed(name), server().rootFolder);
}

function header(path, subject) {
  const found = [...folderAt(path).messages].find(h => h.mime2DecodedSubject === subject);
  if (!found) {
    throw new Error(`${path} has no message "${subject}"`);
  }
  return found;
}

// Resolves when Thunderbird has done what start(listener) asks of the server.
function finished(start) {
  return new Promise((resolve, reject) => {
    start({
      QueryInterface: ChromeUtils.generateQI(["nsIUrlListener", "nsIMsgCopyServiceListener"]),
      end(status) {
        if (Components.isSuccessCode(status)) {
          resolve();
        } else {
          reject(new Error(`status 0x${status.toString(16)}`));
        }
      },
      OnStartRunningUrl() {},
      OnStopRunningUrl(_url, status) {
        this.end(status);
      },
      onStartCopy() {},
      onProgress() {},
      setMessageKey() {},
      getMessageId() {
        return null;
      },
      onStopCopy(status) {
        this.end(status);
      },
    });
  });
}

// Whether it is done. Now and then Thunderbird does not say so.
const refresh = path =>
  Promise.race([
    finished(listener =>
      folderAt(path).QueryInterface(Ci.nsIMsgImapMailFolder).updateFolderWithListener(null, listener)
    ).then(() => true),
    new Promise(resolve => setTimeout(resolve, REFRESH_MS_MAX, false)),
  ]);

const transfer = (from, subject, to, isMove) =>
  finished(listener =>
    MailServices.copy.copyMessages(folderAt(from), [header(from, subject)], folderAt(to), isMove, listener, null, false)
  );

const functions = {
  // A new account; with a certificate (DER in base64), all over TLS, and that certificate is accepted for good.
  async openAccount(port, certificate, condstore) {
    if (certificate) {
      const accepted = Cc["@mozilla.org/security/x509certdb;1"]
        .getService(Ci.nsIX509CertDB)
        .constructX509FromBase64(certificate);
      Cc["@mozilla.org/security/certoverride;1"]
        .getService(Ci.nsICertOverrideService)
        .rememberValidityOverride("localhost", port, {}, accepted, false);
    }
    const incoming = MailServices.accounts.createIncomingServer("alice", "localhost", "imap");
    incoming.port = port;
    incoming.socketType = certificate ? Ci.nsMsgSocketType.SSL : Ci.nsMsgSocketType.plain;
    incoming.authMethod = Ci.nsMsgAuthMethod.passwordCleartext;
    incoming.setBoolValue("use_condstore", condstore);
    const identity = MailServices.accounts.createIdentity();
    identity.email = "alice@example.org";
    const account = MailServices.accounts.createAccount();
    account.addIdentity(identity);
    account.incomingServer = incoming;
    MailServices.accounts.defaultAccount = account;
  },

  // To be called at each start, as a person types the password.
  async logIn(password) {
    server().password = password;
    server().performExpand(null);
  },

  async folders() {
    return server().rootFolder.descendants.map(folder => folder.URI);
  },

  refresh,

  async download(path) {
    const folder = folderAt(path);
    folder.setFlag(Ci.nsMsgFolderFlags.Offline);
    folder.downloadMessagesForOffline([...folder.messages], null);
  },

  // What Thunderbird's database has of a folder's messages, by UID; asks the server nothing.
  async messages(path) {
    return [...folderAt(path).messages].map(h => ({
      uid: h.messageKey,
      subject: h.mime2DecodedSubject,
      read: h.isRead,
      flagged: h.isFlagged,
      answered: Boolean(h.flags & Ci.nsMsgMessageFlags.Replied),
      offline: Boolean(h.flags & Ci.nsMsgMessageFlags.Offline),
      deleted: Boolean(h.flags & Ci.nsMsgMessageFlags.IMAPDeleted),
      keywords: h.getStringProperty("keywords").split(" ").filter(Boolean).sort(),
    })).sort((a, b) => a.uid - b.uid);
  },

  // The octets of a message that was downloaded, in base64.
  async source(path, subject) {
    const stream = folderAt(path).getMsgInputStream(header(path, subject), {});
    let octets = "";
    for (let available = stream.available(); available > 0; available = stream.available()) {
      octets += NetUtil.readInputStreamToString(stream, available);
    }
    stream.close();
    return btoa(octets);
  },

  async markRead(path, subject) {
    folderAt(path).markMessagesRead([header(path, subject)], true);
  },

  async markFlagged(path, subject) {
    folderAt(path).markMessagesFlagged([header(path, subject)], true);
  },

  async markAnswered(path, subject) {
    const folder = folderAt(path);
    folder.addMessageDispositionState(header(path, subject), folder.nsMsgDispositionState_Replied);
  },

  async tag(path, subject, keyword) {
    folderAt(path).addKeywordsToMessages([header(path, subject)], keyword);
  },

  async createFolder(name) {
    server().rootFolder.createSubfolder(name, null);
  },

  move: (from, subject, to) => transfer(from, subject, to, true),

  copy: (from, subject, to) => transfer(from, subject, to, false),

  remove: (path, subject) =>
    finished(listener => folderAt(path).deleteMessages([header(path, subject)], null, false, true, listener, false)),

  // The subjects of what the server finds for a word in the bodies.
  async search(path, word) {
    const session = Cc["@mozilla.org/messenger/searchSession;1"].createInstance(Ci.nsIMsgSearchSession);
    const term = session.createTerm();
    term.attrib = Ci.nsMsgSearchAttrib.Body;
    term.op = Ci.nsMsgSearchOp.Contains;
    const value = term.value;
    value.attrib = Ci.nsMsgSearchAttrib.Body;
    value.str = word;
    term.value = value;
    session.appendTerm(term);
    session.addScopeTerm(Ci.nsMsgSearchScope.onlineMail, folderAt(path));
    const found = [];
    await new Promise(resolve => {
      session.registerListener({
        QueryInterface: ChromeUtils.generateQI(["nsIMsgSearchNotify"]),
        onNewSearch() {},
        onSearchHit(hit) {
          found.push(hit.mime2DecodedSubject);
        },
        onSearchDone: resolve,
      });
      session.search(null);
    });
    return found.sort();
  },
};

const [name, ...rest] = [...arguments].slice(0, -1);
const done = arguments[arguments.length - 1];
(async () => functions[name](...rest))().then(
  value => done({ value }),
  failure => done({ failure: `${failure}\n${failure.stack}` })
);
