// The search index without a store: blocks, the root, and what is in them.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "search/index_root.h"
#include "search/test_index_test.h"

namespace roost::search {
namespace {

using testing::ElementsAre;

using Contents = std::map<uint64_t, std::set<Trigram>>;  // by serial

Contents contents(const TestIndex::Stored& stored) {
  BlockBodies block = TestIndex::bodies(stored);
  Contents all;
  for (const IndexedBody& body : block.bodies) all[body.serial];
  for (const Bytes& piece : stored.block.pieces) {
    EXPECT_TRUE(for_each_posting(piece, block,
                                 [&](Trigram trigram, uint32_t n) { all[block.bodies[n].serial].insert(trigram); }));
  }
  return all;
}

Contents some_contents(uint64_t first_serial) {
  Contents all;
  size_t bodies = *rc::gen::inRange<size_t>(1, 40);
  for (uint64_t serial = first_serial; serial < first_serial + bodies; ++serial) {
    auto& trigrams = all[serial];
    auto range = *rc::gen::element<uint32_t>(50, 5'000, kTrigrams);
    for (uint32_t i = *rc::gen::inRange<uint32_t>(0, 200); i > 0; --i) {
      trigrams.insert(*rc::gen::noShrink(rc::gen::inRange<uint32_t>(0, range)));
    }
  }
  return all;
}

void add(BlockBuilder& builder, const Contents& contents) {
  for (const auto& [serial, trigrams] : contents) {
    std::vector<Trigram> list(trigrams.rbegin(), trigrams.rend());
    builder.add({serial, static_cast<uint32_t>(serial * 7)}, words_of(list));
  }
}

TEST(IndexBlock, HoldsWhatWasPutIntoIt) {
  rc::check("blocks come back, joined, and without some bodies", [] {
    TestIndex index;
    BlockBuilder builder;
    Contents first = some_contents(10);
    Contents second = some_contents(1'000'000);
    add(builder, first);
    index.add(builder);
    RC_ASSERT(builder.empty());
    add(builder, second);
    index.add(builder);
    RC_ASSERT(contents(index.blocks[0]) == first);

    uint64_t gone = second.begin()->first;
    for (const auto& stored : index.blocks) {
      RC_ASSERT(builder
                    .add(TestIndex::bodies(stored), stored.block.pieces,
                         [&](const IndexedBody& body) { return body.serial != gone; })
                    .has_value());
    }
    index.add(builder);
    Contents expected = first;
    expected.insert(second.begin(), second.end());
    expected.erase(gone);
    RC_ASSERT(contents(index.blocks[2]) == expected);
  });
}

// docs/formats/search_index.md
TEST(IndexBlock, IsWrittenAsItsPageSays) {
  constexpr Trigram kAbc = 0x414243;
  constexpr Trigram kAbh = 0x414248;
  BlockBuilder builder;
  builder.add({5, 7}, words_of({kAbh, kAbc}));
  builder.add({6, 8}, words_of({kAbh}));
  IndexBlock block = builder.finish();
  EXPECT_EQ(block.bodies, Bytes("\x42\x01\x02\x0a\x07\0\0\0\x02\x08\0\0\0\x01\xc3\x84\x85\x02", 18));
  EXPECT_THAT(block.pieces, ElementsAre(Bytes("\x54\x01\xc3\x84\x85\x02\x02\0\x05\x03\x03", 11)));
}

TEST(IndexBlock, HasNothingLeftOfABodyThatIsTakenOut) {
  TestIndex index;
  BlockBuilder builder;
  auto common = words_of({1, 2, 3});
  auto secret = words_of({2, 0x123456, 0x123457});
  builder.add({1, 0}, common);
  builder.add({2, 0}, secret);
  index.add(builder);
  BlockBuilder again;
  ASSERT_TRUE(again.add(TestIndex::bodies(index.blocks[0]), index.blocks[0].block.pieces,
                        [](const IndexedBody& body) { return body.serial != 2; }));
  BlockBuilder never;
  never.add({1, 0}, common);
  IndexBlock without = again.finish();
  IndexBlock without_ever = never.finish();
  EXPECT_EQ(without.bodies, without_ever.bodies);
  EXPECT_EQ(without.pieces, without_ever.pieces);
}

TEST(IndexBlock, IsFullAtSomePoint) {
  BlockBuilder builder;
  auto few = words_of({1, 2});
  EXPECT_TRUE(builder.has_room_for(1, kBlockPostingsMax + 1));
  for (uint32_t i = 0; i < kBlockBodiesMax; ++i) {
    ASSERT_TRUE(builder.has_room_for(1, 2));
    builder.add({i, 0}, few);
  }
  EXPECT_FALSE(builder.has_room_for(1, 0));
  EXPECT_EQ(decode_block_bodies(builder.finish().bodies)->bodies.size(), kBlockBodiesMax);
}

TEST(IndexRoot, ComesBack) {
  IndexRoot root{.id = 9, .made_by = index_maker(), .position = Position(77), .complete = false, .next_page = 1000};
  root.blocks = {{.first = 5, .pieces = 2, .bodies = 3, .postings = 4, .bytes = 1'000}, {.first = 1}};
  EXPECT_EQ(*decode_index_root(encode_index_root(root)), root);
  Bytes cut = encode_index_root(root);
  cut.pop_back();
  EXPECT_FALSE(decode_index_root(cut));
  EXPECT_THAT(root.blocks[0].pages(), ElementsAre(PageId(6), PageId(7), PageId(5)));
}

// How many blocks there are, and how many bodies were written, for blocks of these sizes one after the other.
struct Joined {
  std::vector<BlockEntry> blocks;
  uint64_t bodies = 0;
  uint64_t written = 0;

  void add(uint32_t at_once, uint64_t postings_each = 1'500) {
    BlockEntry next{.bodies = at_once, .postings = at_once * postings_each};
    for (size_t joined = blocks_to_join(blocks, next.bodies, next.postings); joined > 0; --joined) {
      next.bodies += blocks.back().bodies;
      next.postings += blocks.back().postings;
      blocks.pop_back();
    }
    ASSERT_LE(next.bodies, kBlockBodiesMax);
    ASSERT_LE(next.postings, kBlockPostingsMax);
    bodies += at_once;
    written += next.bodies;
    blocks.push_back(next);
  }
};

// One message at a time, or so many at a time: blocks stay few, and no body is written often.
TEST(IndexRoot, JoinsBlocksSoThatTheyStayFewAndAreSeldomWrittenAgain) {
  for (uint32_t at_once : {1U, 3U, 30U, 100U, 400U, 512U, 700U, 1'000U}) {
    Joined joined;
    while (joined.bodies < 20'000) joined.add(at_once);
    EXPECT_LE(joined.blocks.size(), 20'000 / 512 + 10) << at_once;
    EXPECT_LE(joined.written, joined.bodies * 6) << at_once;
  }
}

TEST(IndexRoot, JoinsTwoBlocksThatFillOne) {
  Joined joined;
  for (int i = 0; i < 10; ++i) joined.add(512);
  EXPECT_EQ(joined.blocks.size(), 5U);
}

TEST(IndexRoot, JoinsBlocksOfAnySizes) {
  rc::check("few blocks, seldom written", [] {
    Joined joined;
    const auto sizes = *rc::gen::container<std::vector<uint32_t>>(400, rc::gen::inRange<uint32_t>(1, 300));
    for (uint32_t size : sizes) joined.add(size, *rc::gen::inRange<uint64_t>(1, 4'000));
    uint64_t postings = 0;
    for (const BlockEntry& block : joined.blocks) postings += block.postings;
    uint64_t full = std::max(joined.bodies / kBlockBodiesMax, postings / kBlockPostingsMax);
    RC_ASSERT(joined.blocks.size() <= 4 * full + 30);
    RC_ASSERT(joined.written <= joined.bodies * 6);
  });
}

TEST(SearchIndex, LeavesLittleToBeRead) {
  TestMailbox box;
  for (int i = 0; i < 300; ++i) {
    box.append("Subject: s\r\n\r\nThe quick brown fox " + std::to_string(i) + (i == 77 ? " and a zyzzyva" : "") +
               "\r\n");
  }
  TestIndex index;
  index.index(box, Uid(1), Uid(300));
  EXPECT_EQ(box.search(InBody{"ZYZZYVA"}).count(), 1);
  EXPECT_EQ(box.cards_read, 300);
  box.narrowing = [&](std::vector<NarrowedKey> keys) { return index.narrowing(std::move(keys)); };
  EXPECT_EQ(box.search(InBody{"ZYZZYVA"}).count(), 1);
  EXPECT_EQ(box.cards_read, 1);
  EXPECT_EQ(box.search(InText{"nowhere"}).count(), 0);
  EXPECT_EQ(box.cards_read, 0);
  EXPECT_EQ(box.search(Not{{InText{"nowhere"}}}).count(), 300);
  EXPECT_EQ(box.cards_read, 0);
}

// Another message under the same serial, as after a log was cut off.
TEST(SearchIndex, SaysNothingOfABodyThatIsNotTheOneItKnew) {
  TestMailbox before;
  before.append("Subject: s\r\n\r\nsomething else\r\n");
  TestIndex index;
  BlockBuilder builder;
  uint64_t serial = before.snapshot()->find(before.inbox())->find(Uid(1))->cold.blob.serial;
  builder.add({serial, 0xabcdef}, words_of({}));
  index.add(builder);
  before.narrowing = [&](std::vector<NarrowedKey> keys) { return index.narrowing(std::move(keys)); };
  EXPECT_EQ(before.search(InBody{"something"}).count(), 1);
}

// What kills the process is left out, and looked at by nobody.
class Poison final : public ContentGuard {
 public:
  bool enter(const mail::Cold& row) override { return row.uid != Uid(2); }
  void leave() override {}
};

TEST(SearchIndex, KnowsNothingOfWhatCannotBeRead) {
  TestMailbox box;
  Poison poison;
  box.guard = &poison;
  for (int i = 0; i < 3; ++i) box.append("Subject: s\r\n\r\ntext\r\n");
  TestIndex index;
  index.index(box, Uid(1), Uid(3));
  EXPECT_EQ(TestIndex::bodies(index.blocks[0]).bodies.size(), 2);
  UidSet plain = box.search(InBody{"text"});
  box.narrowing = [&](std::vector<NarrowedKey> keys) { return index.narrowing(std::move(keys)); };
  EXPECT_EQ(box.search(InBody{"text"}), plain);
  EXPECT_EQ(box.search(Not{{InBody{"text"}}}).count(), 1);
}

}  // namespace
}  // namespace roost::search
