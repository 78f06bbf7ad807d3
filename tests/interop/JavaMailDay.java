// The day's work (days_work.py) with Java Mail over COMPRESS, and coming back over QRESYNC.
import com.sun.mail.imap.AppendUID;
import com.sun.mail.imap.IMAPFolder;
import com.sun.mail.imap.IMAPMessage;
import com.sun.mail.imap.IMAPStore;
import com.sun.mail.imap.MessageVanishedEvent;
import com.sun.mail.imap.ResyncData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import javax.mail.FetchProfile;
import javax.mail.Flags;
import javax.mail.Folder;
import javax.mail.Message;
import javax.mail.MessagingException;
import javax.mail.Multipart;
import javax.mail.Session;
import javax.mail.UIDFolder;
import javax.mail.event.MailEvent;
import javax.mail.event.MessageChangedEvent;
import javax.mail.event.MessageCountAdapter;
import javax.mail.event.MessageCountEvent;
import javax.mail.internet.MimeMessage;
import javax.mail.search.BodyTerm;
import javax.mail.search.FlagTerm;
import javax.mail.search.HeaderTerm;
import javax.mail.search.OrTerm;
import javax.mail.search.SearchTerm;
import javax.mail.search.SubjectTerm;

public class JavaMailDay {
  private static String[] arguments;
  private static Session session;

  private static void is(Object got, Object wanted, String what) {
    if (!Objects.deepEquals(got, wanted)) throw new AssertionError(what + ": " + got + " and not " + wanted);
  }

  private static IMAPStore connect() throws MessagingException {
    String protocol = arguments[1].equals("tls") ? "imaps" : "imap";
    Properties properties = new Properties();
    properties.put("mail." + protocol + ".ssl.trust", "localhost");
    properties.put("mail." + protocol + ".starttls.required", String.valueOf(arguments[1].equals("starttls")));
    properties.put("mail." + protocol + ".compress.enable", "true");
    properties.put("mail." + protocol + ".peek", "true");
    properties.put("mail." + protocol + ".fetchsize", "1000");
    session = Session.getInstance(properties);
    IMAPStore store = (IMAPStore) session.getStore(protocol);
    store.connect("localhost", Integer.parseInt(arguments[0]), arguments[2], arguments[3]);
    is(store.hasCapability("QRESYNC"), true, "CAPABILITY");
    return store;
  }

  private static byte[] raw(int number) throws Exception {
    return Files.readAllBytes(Path.of(arguments[5], number + ".eml"));
  }

  private static MimeMessage message(int number) throws Exception {
    MimeMessage message = new MimeMessage(session, new ByteArrayInputStream(raw(number)));
    if (number == 1) message.setFlag(Flags.Flag.SEEN, true);
    return message;
  }

  private static byte[] octets(Message message) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    message.writeTo(out);
    return out.toByteArray();
  }

  private static List<Long> uids(IMAPFolder folder, Message... messages) throws MessagingException {
    List<Long> found = new ArrayList<>();
    for (Message message : messages) found.add(folder.getUID(message));
    return found;
  }

  private static List<Long> search(IMAPFolder folder, SearchTerm term) throws MessagingException {
    return uids(folder, folder.search(term));
  }

  private static Message[] byUid(IMAPFolder folder, long... uids) throws MessagingException {
    return folder.getMessagesByUID(uids);
  }

  private static void makeMailboxes(IMAPStore store) throws Exception {
    is(store.id(Map.of("name", "JavaMailDay")).get("name"), "Roost", "ID");
    IMAPFolder sent = (IMAPFolder) store.getFolder("Sent");
    is(Arrays.asList(sent.getAttributes()).contains("\\Sent"), true, "special use");
    is(store.getFolder("INBOX").exists(), true, "INBOX");
    for (String name : List.of("Work/Größe", "Old")) {
      is(store.getFolder(name).create(Folder.HOLDS_MESSAGES), true, "CREATE");
    }
    is(store.getFolder("Work").list("%")[0].getFullName(), "Work/Größe", "LIST");
  }

  private static void read(IMAPFolder inbox) throws Exception {
    FetchProfile profile = new FetchProfile();
    profile.add(FetchProfile.Item.ENVELOPE);
    profile.add(FetchProfile.Item.CONTENT_INFO);
    profile.add(FetchProfile.Item.FLAGS);
    profile.add(FetchProfile.Item.SIZE);
    profile.add(UIDFolder.FetchProfileItem.UID);
    profile.add(IMAPFolder.FetchProfileItem.HEADERS);
    profile.add("Message-ID");
    Message[] all = inbox.getMessages();
    inbox.fetch(all, profile);
    is(uids(inbox, all), LongStream.rangeClosed(1, 8).boxed().toList(), "UIDs");
    IMAPMessage third = (IMAPMessage) all[2];
    is(third.getSubject(), "Grüße 3", "subject");
    is(third.getFrom()[0].toString(), "Bob <bob@example.org>", "from");
    is(third.getMessageID(), "<day.3@example.org>", "Message-ID");
    is(third.getSize(), raw(3).length, "size");
    is(third.getReceivedDate(), new Date(1704164645000L), "INTERNALDATE");
    is(octets(third), raw(3), "octets");
    Multipart parts = (Multipart) third.getContent();
    is(parts.getCount(), 2, "parts");
    is(parts.getBodyPart(0).getContent(), "Part one of 3: Grüße", "text");
    is(parts.getBodyPart(1).getFileName(), "a.bin", "filename");
    byte[] threes = new byte[3000];
    Arrays.fill(threes, (byte) 3);
    is(parts.getBodyPart(1).getInputStream().readAllBytes(), threes, "attachment");
  }

  private static void searchAndStore(IMAPStore store, IMAPFolder inbox) throws Exception {
    FlagTerm seen = new FlagTerm(new Flags(Flags.Flag.SEEN), true);
    is(search(inbox, seen), List.of(1L), "SEEN");
    // Not "grüße": once UTF8=ACCEPT is on, it sends that as ISO 8859-1, which RFC 6855 3 has a server refuse.
    is(search(inbox, new SubjectTerm("E 7")), List.of(7L), "SUBJECT");
    is(search(inbox, new HeaderTerm("Message-ID", "day.7@")), List.of(7L), "HEADER");
    is(search(inbox, new BodyTerm("part one of 4")), List.of(4L), "BODY");
    is(search(inbox, new OrTerm(seen, new SubjectTerm("e 5"))), List.of(1L, 5L), "OR");
    Flags both = new Flags(Flags.Flag.FLAGGED);
    both.add("$Label1");
    inbox.setFlags(byUid(inbox, 2, 3, 4), both, true);
    byUid(inbox, 4)[0].setFlag(Flags.Flag.FLAGGED, false);
    is(search(inbox, new FlagTerm(both, true)), List.of(2L, 3L), "FLAGGED");
    Folder work = store.getFolder("Work/Größe");
    is(inbox.copyUIDMessages(byUid(inbox, 5), work)[0].uid, 1L, "COPYUID");
    inbox.moveMessages(byUid(inbox, 6, 7), work);
    byUid(inbox, 8)[0].setFlag(Flags.Flag.DELETED, true);
    is(inbox.expunge().length, 3, "EXPUNGE, those moved among them");
    is(uids(inbox, inbox.getMessages()), List.of(1L, 2L, 3L, 4L, 5L), "what is left");
  }

  private static void idle(IMAPStore other, IMAPFolder inbox) throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    inbox.addMessageCountListener(new MessageCountAdapter() {
      @Override
      public void messagesAdded(MessageCountEvent event) {
        heard.countDown();
      }
    });
    Thread waiting = new Thread(() -> {
      try {
        inbox.idle(true);
      } catch (MessagingException e) {
        throw new RuntimeException(e);
      }
    });
    waiting.start();
    AppendUID[] appended = ((IMAPFolder) other.getFolder("INBOX")).appendUIDMessages(new Message[] {message(9)});
    is(appended[0].uid, 9L, "APPENDUID");
    is(heard.await(30, TimeUnit.SECONDS), true, "IDLE");
    waiting.join();
    is(inbox.getMessageCount(), 6, "EXISTS");
  }

  // What another client does while this one is away comes as events when the folder is opened.
  private static void comeBack(IMAPStore store, IMAPStore other) throws Exception {
    IMAPFolder archive = (IMAPFolder) store.getFolder("Archive");
    archive.appendMessages(new Message[] {message(1), message(2), message(3)});
    archive.open(Folder.READ_WRITE, ResyncData.CONDSTORE);
    ResyncData here = new ResyncData(archive.getUIDValidity(), archive.getHighestModSeq());
    archive.close(false);

    IMAPFolder elsewhere = (IMAPFolder) other.getFolder("Archive");
    elsewhere.open(Folder.READ_WRITE);
    elsewhere.getMessage(2).setFlag(Flags.Flag.ANSWERED, true);
    elsewhere.getMessage(3).setFlag(Flags.Flag.DELETED, true);
    elsewhere.close(true);

    List<MailEvent> events = archive.open(Folder.READ_WRITE, here);
    is(events.size(), 2, "QRESYNC");
    for (MailEvent event : events) {
      if (event instanceof MessageVanishedEvent vanished) {
        is(vanished.getUIDs(), new long[] {3}, "VANISHED");
      } else {
        Message changed = ((MessageChangedEvent) event).getMessage();
        is(List.of(archive.getUID(changed), changed.isSet(Flags.Flag.ANSWERED)), List.of(2L, true), "FETCH");
      }
    }
    is(uids(archive, archive.getMessagesByUIDChangedSince(1, UIDFolder.LASTUID, here.getModSeq())), List.of(2L),
       "CHANGEDSINCE");
    archive.close(false);
    archive.open(Folder.READ_WRITE);
    archive.setFlags(archive.getMessages(), new Flags(Flags.Flag.DELETED), true);
    archive.close(true);
  }

  public static void main(String[] words) throws Exception {
    arguments = words;
    IMAPStore store = connect();
    IMAPStore other = connect();
    makeMailboxes(store);
    IMAPFolder inbox = (IMAPFolder) store.getFolder("INBOX");
    for (int n = 1; n <= 8; n++) is(inbox.appendUIDMessages(new Message[] {message(n)})[0].uid, (long) n, "APPENDUID");
    inbox.open(Folder.READ_WRITE);
    is(inbox.getMessageCount(), 8, "EXISTS");
    read(inbox);
    searchAndStore(store, inbox);
    idle(other, inbox);
    inbox.close(false);

    is(store.getFolder("Work/Größe").renameTo(store.getFolder("Work/Done")), true, "RENAME");
    is(store.getFolder("Work/Done").getMessageCount(), 3, "STATUS");
    is(store.getFolder("Old").delete(false), true, "DELETE");
    store.getFolder("Junk").setSubscribed(false);
    is(Arrays.stream(store.getDefaultFolder().listSubscribed("*")).anyMatch(f -> f.getFullName().equals("Junk")), false,
       "LSUB");
    comeBack(store, other);
    other.close();
    store.close();
    System.out.println("all is well");
  }
}
