#include "main/backup_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace roost::main {
namespace {

namespace fs = std::filesystem;

struct BackupSet : testing::Test {
  BackupSet() {
    std::string pattern = (fs::temp_directory_path() / "roost-backup-XXXXXX").string();
    root = ::mkdtemp(pattern.data());
    fs::create_directories(root / "data/sub");
    write("data/one", "one");
    write("data/sub/two", std::string(3 << 20, 'x'));
  }
  ~BackupSet() override { fs::remove_all(root); }

  void write(const std::string& path, const std::string& text) { std::ofstream(root / path, std::ios::binary) << text; }
  std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  Backup back_up(CopyCount* count = nullptr, bool verify = false) {
    auto writer = BackupWriter::begin(root / "backups", {.time = 1000, .verify = verify});
    EXPECT_TRUE(writer) << writer.error().text;
    EXPECT_TRUE(writer->add(root / "data", "data"));
    auto backup = writer->finish();
    EXPECT_TRUE(backup) << backup.error().text;
    if (count != nullptr) *count = writer->count();
    return *backup;
  }

  fs::path root;
};

TEST_F(BackupSet, HasTheFilesAndTheirHashes) {
  Backup backup = back_up();
  EXPECT_EQ(read(fs::path(backup.path) / "data/one"), "one");
  EXPECT_EQ(backup.manifest.files.at("data/one").sha256,
            "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed");
  EXPECT_EQ(list_backups(root / "backups")->size(), 1U);
  EXPECT_EQ(find_backup(backup.path)->manifest.files.size(), 2U);
}

TEST_F(BackupSet, CopiesWhatIsNewOnly) {
  back_up();
  fs::remove(root / "data/one");
  write("data/three", "three");
  CopyCount count;
  Backup second = back_up(&count);
  EXPECT_EQ(count.files, 2U);
  EXPECT_EQ(count.copied_files, 1U);
  EXPECT_EQ(count.copied_bytes, 5U);
  EXPECT_FALSE(fs::exists(fs::path(second.path) / "data/one"));
  ASSERT_TRUE(delete_old_backups(root / "backups", 1));
  EXPECT_EQ(list_backups(root / "backups")->size(), 1U);
  EXPECT_EQ(read(fs::path(second.path) / "data/sub/two").size(), 3U << 20);
}

TEST_F(BackupSet, FindsWhatRottedInTheOneBeforeWhenAskedTo) {
  Backup first = back_up();
  std::ofstream(fs::path(first.path) / "data/one", std::ios::binary) << "two";
  CopyCount count;
  back_up(&count);
  EXPECT_THAT(count.damaged, testing::IsEmpty());
  Backup verified = back_up(&count, true);
  EXPECT_THAT(count.damaged, testing::ElementsAre(testing::EndsWith("data/one")));
  EXPECT_EQ(read(fs::path(verified.path) / "data/one"), "one");
}

TEST_F(BackupSet, CopiesAnewWhatIsCutShortInTheOneBefore) {
  Backup first = back_up();
  fs::resize_file(fs::path(first.path) / "data/sub/two", 100);
  Backup second = back_up();
  EXPECT_EQ(read(fs::path(second.path) / "data/sub/two").size(), 3U << 20);
}

TEST_F(BackupSet, GoesOnAfterOneWhoseManifestIsDamaged) {
  Backup first = back_up();
  Backup second = back_up();
  write("backups/" + fs::path(second.path).filename().string() + "/manifest", "roost-backup 1\n");
  auto found = find_backup(root / "backups");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::corruption);
  EXPECT_THAT(found.error().text, testing::AllOf(testing::HasSubstr(second.path), testing::HasSubstr(first.path)));
  CopyCount count;
  Backup third = back_up(&count);
  EXPECT_EQ(count.copied_files, 0U) << "they are shared with the first";
  EXPECT_EQ(find_backup(root / "backups")->path, third.path);
  EXPECT_EQ(list_backups(root / "backups")->size(), 3U);
}

TEST_F(BackupSet, NotesHowOftenItWasBroughtBack) {
  Backup backup = back_up();
  EXPECT_EQ(restores_of(backup), 0U);
  EXPECT_TRUE(note_restore(backup, 2000));
  EXPECT_TRUE(note_restore(backup, 3000));
  EXPECT_EQ(restores_of(backup), 2U);
  EXPECT_TRUE(find_backup(root / "backups"));
}

TEST_F(BackupSet, SaysWhichFileIsNotThere) {
  auto writer = BackupWriter::begin(root / "backups", {.time = 1000});
  auto added = writer->add(root / "data/three", "data/three");
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::nonexistent);
  EXPECT_TRUE(writer->discard());
  EXPECT_TRUE(list_backups(root / "backups")->empty());
}

TEST_F(BackupSet, CountsOnlyWhatIsFinished) {
  {
    auto writer = BackupWriter::begin(root / "backups", {.time = 1000});
    ASSERT_TRUE(writer->add(root / "data", "data"));
  }
  EXPECT_TRUE(list_backups(root / "backups")->empty());
  back_up();
  size_t directories = 0;
  for (const auto& entry : fs::directory_iterator(root / "backups")) directories += entry.is_directory() ? 1 : 0;
  EXPECT_EQ(directories, 1U) << "what was interrupted is gone";
}

TEST_F(BackupSet, IsMadeByOneAtATime) {
  auto first = BackupWriter::begin(root / "backups", {.time = 1000});
  ASSERT_TRUE(first);
  EXPECT_EQ(BackupWriter::begin(root / "backups", {.time = 1000}).error().code, Code::in_use);
}

TEST_F(BackupSet, NamesAFileThatIsNotWhatItWas) {
  Backup backup = back_up();
  std::ofstream(fs::path(backup.path) / "data/one", std::ios::binary) << "two";
  BackupReader reader(backup, root, {});
  auto done = reader.copy("data/one", root / "back", false);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::corruption);
  EXPECT_THAT(done.error().text, testing::HasSubstr("data/one"));
  EXPECT_TRUE(reader.copy("data/sub/two", root / "back2", false));
  EXPECT_EQ(read(root / "back2").size(), 3U << 20);
}

TEST(Manifest, IsReadAsItWasWritten) {
  Manifest manifest{.time = 7, .files = {{"a b/c", {std::string(64, 'e'), 5, -3}}}};
  auto read = Manifest::decode(manifest.encode());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->time, 7);
  EXPECT_EQ(read->files.at("a b/c").size, 5U);
  EXPECT_EQ(read->files.at("a b/c").modified_ns, -3);
}

TEST(Manifest, IsWrittenAsTheDocumentSays) {
  std::string sha256 = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";
  Manifest manifest{.time = 7, .files = {{"format", {sha256, 2, 5'000'000'000}}}};
  EXPECT_EQ(manifest.encode(), "roost-backup 1\n7\n" + sha256 +
                                   " 2 5000000000 format\n"
                                   "end 85ee656ed414aec0ae2c110864782eea894ce345aff51368621fac9841822db8\n");
}

TEST(Manifest, IsRefusedWhereItIsDamaged) {
  std::string sound = Manifest{.time = 7, .files = {{"a", {std::string(64, 'e'), 5, 6}}}}.encode();
  for (size_t at = 0; at < sound.size(); ++at) {
    EXPECT_FALSE(Manifest::decode(sound.substr(0, at))) << at;
    std::string other = sound;
    other[at] = static_cast<char>(other[at] ^ 1);
    EXPECT_FALSE(Manifest::decode(other)) << at;
  }
  EXPECT_FALSE(Manifest::decode(sound + "more"));
  for (const char* path : {"../a", "/a", "a/../../b", ""}) {
    EXPECT_FALSE(Manifest::decode(Manifest{.time = 7, .files = {{path, {std::string(64, 'e'), 5, 6}}}}.encode()))
        << path;
  }
}

TEST(Manifest, OfALaterFormatIsNotCalledDamaged) {
  EXPECT_EQ(Manifest::decode("roost-backup 2\n").error().code, Code::cannot);
}

}  // namespace
}  // namespace roost::main
