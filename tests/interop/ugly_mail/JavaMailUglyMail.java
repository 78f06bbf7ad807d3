// Java Mail.
import com.sun.mail.imap.IMAPFolder;
import com.sun.mail.imap.IMAPMessage;
import com.sun.mail.imap.protocol.BODYSTRUCTURE;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Properties;
import javax.mail.Folder;
import javax.mail.Message;
import javax.mail.Session;
import javax.mail.Store;

public class JavaMailUglyMail {
  private static int leaves(BODYSTRUCTURE part) {
    if (!part.isMulti()) return 1;
    int count = 0;
    for (BODYSTRUCTURE child : part.bodies) count += leaves(child);
    return count;
  }

  public static void main(String[] arguments) throws Exception {
    Properties properties = new Properties();
    properties.put("mail.imap.peek", "true");
    Store store = Session.getInstance(properties).getStore("imap");
    store.connect("localhost", Integer.parseInt(arguments[0]), arguments[1], arguments[2]);
    IMAPFolder inbox = (IMAPFolder) store.getFolder("INBOX");
    inbox.open(Folder.READ_ONLY);
    for (Message message : inbox.getMessages()) {
      message.getSubject();
      message.getAllRecipients();
      int number = message.getMessageNumber();
      BODYSTRUCTURE structure =
          (BODYSTRUCTURE) inbox.doCommand(protocolOf -> protocolOf.fetchBodyStructure(number));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ((IMAPMessage) message).writeTo(out);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(out.toByteArray());
      System.out.printf("%d %d %064x%n", inbox.getUID(message), leaves(structure), new BigInteger(1, digest));
    }
    store.close();
  }
}
