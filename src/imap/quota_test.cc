#include "imap/quota.h"

#include "imap/parsing_test.h"
#include "imap/response_check_test.h"

namespace roost::imap {
namespace {

// RFC 9208 4.1
TEST(Quota, HasTheCommandsOfRfc9208) {
  EXPECT_EQ(parsed<GetQuota>("GETQUOTA \"!partition/sda4\"").root, "!partition/sda4");
  EXPECT_EQ(parsed<GetQuota>("GETQUOTA \"\"").root, "");
  EXPECT_EQ(parsed<GetQuotaRoot>("getquotaroot inbox").mailbox, "INBOX");
  SetQuota set = parsed<SetQuota>("SETQUOTA \"#user/alice\" (STORAGE 510 annotation-storage 0)");
  EXPECT_EQ(set.root, "#user/alice");
  ASSERT_EQ(set.limits.size(), 2u);
  EXPECT_EQ(set.limits[0].resource, QuotaResource::storage);
  EXPECT_EQ(set.limits[0].limit, 510u);
  EXPECT_EQ(set.limits[1].resource, QuotaResource::annotation_storage);
  EXPECT_TRUE(parsed<SetQuota>("SETQUOTA x ()").limits.empty());
}

TEST(Quota, RefusesEverythingElse) {
  expect_bad({"GETQUOTA", "GETQUOTA x y", "GETQUOTAROOT", "GETQUOTAROOT a b", "SETQUOTA", "SETQUOTA x", "SETQUOTA x (",
              "SETQUOTA x (STORAGE)", "SETQUOTA x (STORAGE -1)", "SETQUOTA x (STORAGE 1 )", "SETQUOTA x (STORAGE 1",
              "SETQUOTA x (STORAGE 9223372036854775808)", "SETQUOTA x (STORAGE 1 STORAGE 2)", "SETQUOTA x STORAGE 1"});
  EXPECT_TRUE(refused("SETQUOTA x (LEVEL 1)").starts_with("NO "));
}

TEST(Quota, WritesTheResponsesOfRfc9208) {
  Bytes out;
  const QuotaState states[] = {{QuotaResource::storage, 54, 111}, {QuotaResource::message, 42, 1000}};
  write_quota(out, "#user/alice", states);
  write_quota(out, "", {});
  const std::string roots[] = {"#user/alice", "!partition/sda4"};
  write_quota_root(out, "INBOX", roots, false);
  write_quota_root(out, "comp.mail.mime", {}, false);
  EXPECT_EQ(out,
            "* QUOTA \"#user/alice\" (STORAGE 54 111 MESSAGE 42 1000)\r\n"
            "* QUOTA \"\" ()\r\n"
            "* QUOTAROOT INBOX \"#user/alice\" \"!partition/sda4\"\r\n"
            "* QUOTAROOT comp.mail.mime\r\n");
}

}  // namespace
}  // namespace roost::imap
