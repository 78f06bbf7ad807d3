// go-imap.
package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"
)

func leaves(part *imap.BodyStructure) int {
	if part.MIMEType != "multipart" {
		return 1
	}
	count := 0
	for _, child := range part.Parts {
		count += leaves(child)
	}
	return count
}

func check(err error) {
	if err != nil {
		log.Panic(err)
	}
}

func main() {
	c, err := client.Dial("localhost:" + os.Args[1])
	check(err)
	check(c.Login(os.Args[2], os.Args[3]))
	_, err = c.Select("INBOX", true)
	check(err)
	all, err := imap.ParseSeqSet("1:*")
	check(err)
	messages := make(chan *imap.Message, 10000)
	section := &imap.BodySectionName{Peek: true}
	items := []imap.FetchItem{imap.FetchUid, imap.FetchEnvelope, imap.FetchBodyStructure, section.FetchItem()}
	check(c.Fetch(all, items, messages))
	for message := range messages {
		octets, err := io.ReadAll(message.GetBody(section))
		check(err)
		if message.Envelope == nil {
			log.Panicf("ENVELOPE of %d", message.Uid)
		}
		fmt.Printf("%d %d %x\n", message.Uid, leaves(message.BodyStructure), sha256.Sum256(octets))
	}
	check(c.Logout())
}
