// The day's work (days_work.py) with go-imap, the library that aerc is built on.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"
	"github.com/emersion/go-sasl"
)

var port, security, user, password, certificate, folder string

func check(err error) {
	if err != nil {
		log.Panic(err)
	}
}

func is(got, wanted interface{}, what string) {
	if !reflect.DeepEqual(got, wanted) {
		log.Panicf("%s: %v and not %v", what, got, wanted)
	}
}

func connect() *client.Client {
	var c *client.Client
	pem, err := os.ReadFile(certificate)
	check(err)
	config := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "localhost"}
	config.RootCAs.AppendCertsFromPEM(pem)
	if security == "tls" {
		c, err = client.DialTLS("localhost:"+port, config)
	} else {
		c, err = client.Dial("localhost:" + port)
	}
	check(err)
	if security == "starttls" {
		check(c.StartTLS(config))
	}
	check(c.Authenticate(sasl.NewPlainClient("", user, password)))
	return c
}

func raw(number int) []byte {
	data, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("%d.eml", number)))
	check(err)
	return data
}

func list(run func(ch chan *imap.MailboxInfo) error) map[string][]string {
	ch := make(chan *imap.MailboxInfo, 100)
	check(run(ch))
	found := map[string][]string{}
	for one := range ch {
		found[one.Name] = one.Attributes
	}
	return found
}

func set(text string) *imap.SeqSet {
	parsed, err := imap.ParseSeqSet(text)
	check(err)
	return parsed
}

func fetch(c *client.Client, uids string, items ...imap.FetchItem) []*imap.Message {
	ch := make(chan *imap.Message, 100)
	check(c.UidFetch(set(uids), items, ch))
	found := []*imap.Message{}
	for one := range ch {
		found = append(found, one)
	}
	return found
}

func search(c *client.Client, prepare func(criteria *imap.SearchCriteria)) []uint32 {
	criteria := imap.NewSearchCriteria()
	prepare(criteria)
	uids, err := c.UidSearch(criteria)
	check(err)
	sort.Slice(uids, func(i, j int) bool { return uids[i] < uids[j] })
	return uids
}

func section(message *imap.Message, name string) []byte {
	wanted, err := imap.ParseBodySectionName(imap.FetchItem(name))
	check(err)
	data, err := io.ReadAll(message.GetBody(wanted))
	check(err)
	return data
}

func makeMailboxes(c *client.Client) {
	boxes := list(func(ch chan *imap.MailboxInfo) error { return c.List("", "*", ch) })
	is(strings.Contains(strings.Join(boxes["Sent"], " "), imap.SentAttr), true, "special use")
	is(boxes["INBOX"] != nil, true, "INBOX")
	check(c.Create("Work/Größe"))
	check(c.Create("Old"))
	boxes = list(func(ch chan *imap.MailboxInfo) error { return c.List("Work/", "%", ch) })
	is(boxes["Work/Größe"] != nil && len(boxes) == 1, true, "LIST")
}

func read(c *client.Client) {
	third := fetch(c, "3", imap.FetchEnvelope, imap.FetchBodyStructure, imap.FetchFlags, imap.FetchInternalDate,
		imap.FetchRFC822Size, "BODY.PEEK[]", "BODY.PEEK[1.MIME]", "BODY.PEEK[2]", "BODY.PEEK[]<5.10>")[0]
	is(third.Uid, uint32(3), "UID")
	is(third.Envelope.Subject, "Grüße 3", "subject")
	is(third.Envelope.From[0].Address(), "bob@example.org", "from")
	is(len(third.BodyStructure.Parts), 2, "parts")
	name, err := third.BodyStructure.Parts[1].Filename()
	check(err)
	is(name, "a.bin", "filename")
	is(third.InternalDate.UTC(), time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC), "date")
	is(int(third.Size), len(raw(3)), "size")
	is(section(third, "BODY.PEEK[]"), raw(3), "octets")
	is(section(third, "BODY.PEEK[]<5.10>"), raw(3)[5:15], "partial fetch")
	is(bytes.HasPrefix(section(third, "BODY.PEEK[1.MIME]"), []byte("Content-Type: text/plain")), true, "MIME")
	attachment, err := base64.StdEncoding.DecodeString(string(section(third, "BODY.PEEK[2]")))
	check(err)
	is(attachment, bytes.Repeat([]byte{3}, 3000), "attachment")
	is(len(fetch(c, "1:*", imap.FetchUid)), 8, "messages")
}

func searchAndStore(c *client.Client) {
	is(search(c, func(s *imap.SearchCriteria) { s.WithFlags = []string{imap.SeenFlag} }), []uint32{1}, "SEEN")
	is(search(c, func(s *imap.SearchCriteria) { s.Header.Add("Subject", "grüße 7") }), []uint32{7}, "SUBJECT")
	is(search(c, func(s *imap.SearchCriteria) { s.Body = []string{"part one of 4"} }), []uint32{4}, "BODY")
	seen, range56 := imap.NewSearchCriteria(), imap.NewSearchCriteria()
	seen.WithFlags = []string{imap.SeenFlag}
	range56.Uid = set("5:6")
	either := [][2]*imap.SearchCriteria{{seen, range56}}
	is(search(c, func(s *imap.SearchCriteria) { s.Or = either }), []uint32{1, 5, 6}, "OR")
	add, remove := imap.FormatFlagsOp(imap.AddFlags, true), imap.FormatFlagsOp(imap.RemoveFlags, false)
	check(c.UidStore(set("2:4"), add, []interface{}{imap.FlaggedFlag, "$Label1"}, nil))
	check(c.UidStore(set("4"), remove, []interface{}{imap.FlaggedFlag}, nil))
	both := []string{imap.FlaggedFlag, "$Label1"}
	is(search(c, func(s *imap.SearchCriteria) { s.WithFlags = both }), []uint32{2, 3}, "FLAGGED")
	check(c.UidCopy(set("5"), "Work/Größe"))
	check(c.UidMove(set("6:7"), "Work/Größe"))
	check(c.UidStore(set("8"), add, []interface{}{imap.DeletedFlag}, nil))
	expunged := make(chan uint32, 10)
	check(c.Expunge(expunged))
	is(<-expunged, uint32(6), "EXPUNGE")
	is(search(c, func(*imap.SearchCriteria) {}), []uint32{1, 2, 3, 4, 5}, "what is left")
}

func idle(c, other *client.Client) {
	updates := make(chan client.Update, 100)
	c.Updates = updates
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- c.Idle(stop, nil) }()
	check(other.Append("INBOX", nil, time.Now(), bytes.NewReader(raw(9))))
	for timeout := time.After(30 * time.Second); ; {
		select {
		case update := <-updates:
			if heard, ok := update.(*client.MailboxUpdate); ok && heard.Mailbox.Messages == 6 {
				close(stop)
				check(<-done)
				c.Updates = nil
				return
			}
		case <-timeout:
			log.Panic("IDLE said nothing")
		}
	}
}

func main() {
	port, security, user = os.Args[1], os.Args[2], os.Args[3]
	password, certificate, folder = os.Args[4], os.Args[5], os.Args[6]
	c, other := connect(), connect()
	makeMailboxes(c)
	for n := 1; n <= 8; n++ {
		var flags []string
		if n == 1 {
			flags = []string{imap.SeenFlag}
		}
		check(c.Append("INBOX", flags, time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC), bytes.NewReader(raw(n))))
	}
	box, err := c.Select("INBOX", false)
	check(err)
	is(box.Messages, uint32(8), "EXISTS")
	is(box.UidNext, uint32(9), "UIDNEXT")
	read(c)
	searchAndStore(c)
	idle(c, other)
	check(c.Unselect())
	check(c.Rename("Work/Größe", "Work/Done"))
	status, err := c.Status("Work/Done", []imap.StatusItem{imap.StatusMessages, imap.StatusUnseen})
	check(err)
	is([]uint32{status.Messages, status.Unseen}, []uint32{3, 3}, "STATUS")
	check(c.Delete("Old"))
	check(c.Unsubscribe("Junk"))
	_, subscribed := list(func(ch chan *imap.MailboxInfo) error { return c.Lsub("", "*", ch) })["Junk"]
	is(subscribed, false, "LSUB")
	check(other.Logout())
	check(c.Logout())
	fmt.Println("all is well")
}
