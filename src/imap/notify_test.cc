#include "imap/notify.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

using Filter = Notify::Group::Filter;

TEST(Notify, TakesGroupsOfMailboxesAndEvents) {
  Notify notify = parsed<Notify>(
      "notify set status (selected (MessageNew (uid body.peek[header.fields (from to subject)]) messageexpunge)) "
      "(subtree Lists (MessageNew MessageExpunge)) (Mailboxes (misc \"a b\") (MailboxName)) (personal NONE)");
  EXPECT_TRUE(notify.status);
  ASSERT_EQ(notify.groups.size(), 4U);
  EXPECT_EQ(notify.groups[0].filter, Filter::selected);
  EXPECT_EQ(notify.groups[0].items.size(), 2U);
  EXPECT_TRUE(notify.groups[0].events.has(NotifyEvent::message_expunge));
  EXPECT_EQ(notify.groups[1].names, std::vector<Bytes>{"Lists"});
  EXPECT_EQ(notify.groups[2].names, (std::vector<Bytes>{"misc", "a b"}));
  EXPECT_TRUE(notify.groups[2].events.has(NotifyEvent::mailbox_name));
  EXPECT_TRUE(notify.groups[3].events.empty());
  EXPECT_FALSE(notify.has_unknown_event);
}

TEST(Notify, TakesEveryFilterAndEvent) {
  Notify notify = parsed<Notify>(
      "NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange AnnotationChange)) (inboxes "
      "(SubscriptionChange)) "
      "(subscribed (MailboxMetadataChange ServerMetadataChange))");
  EXPECT_FALSE(notify.status);
  EXPECT_EQ(notify.groups[0].filter, Filter::selected_delayed);
  EXPECT_EQ(notify.groups[0].events, notify.groups[0].events.of_messages());
  EXPECT_TRUE(notify.groups[0].events.has(NotifyEvent::annotation_change));
  EXPECT_EQ(notify.groups[1].filter, Filter::inboxes);
  EXPECT_EQ(notify.groups[2].filter, Filter::subscribed);
  EXPECT_TRUE(parsed<Notify>("NOTIFY NONE").groups.empty());
  EXPECT_TRUE(parsed<Notify>("NOTIFY SET (personal (MessageRead))").has_unknown_event);
}

TEST(Notify, IgnoresNamesThatNoMailboxCanHave) {
  EXPECT_EQ(parsed<Notify>("NOTIFY SET (mailboxes (a//b c) (MailboxName))").groups[0].names, std::vector<Bytes>{"c"});
}

TEST(Notify, RefusesWhatTheGrammarForbids) {
  expect_bad({"NOTIFY", "NOTIFY SET", "NOTIFY SET STATUS", "NOTIFY ALL", "NOTIFY NONE x", "NOTIFY SET ()",
              "NOTIFY SET (personal)", "NOTIFY SET (personal ())", "NOTIFY SET (personal MessageNew)",
              "NOTIFY SET (everything (MailboxName))", "NOTIFY SET (subtree (MailboxName))",
              "NOTIFY SET (mailboxes () (MailboxName))", "NOTIFY SET (personal (MailboxName )",
              "NOTIFY SET (personal (MailboxName) x)"});
}

// RFC 5465 5, 6.1.
TEST(Notify, RefusesEventsThatDoNotGoTogether) {
  expect_bad({"NOTIFY SET (personal (MessageNew))", "NOTIFY SET (personal (MessageExpunge))",
              "NOTIFY SET (selected (FlagChange))", "NOTIFY SET (personal (MessageNew FlagChange))",
              "NOTIFY SET (personal (AnnotationChange))", "NOTIFY SET (selected (MailboxName))",
              "NOTIFY SET (selected-delayed (ServerMetadataChange))",
              "NOTIFY SET (selected NONE) (selected-delayed NONE)",
              "NOTIFY SET (personal (MessageNew (uid) MessageExpunge))"});
}

TEST(BadEvent, NamesWhatThereIs) {
  NotifyEvents some;
  some.add(NotifyEvent::flag_change);
  some.add(NotifyEvent::message_new);
  EXPECT_EQ(code_bad_event(some), "BADEVENT (MessageNew FlagChange)");
}

}  // namespace
}  // namespace roost::imap
