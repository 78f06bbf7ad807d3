#include "search/thread.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <list>
#include <map>
#include <random>

#include "search/ordering_test.h"
#include "search/references.h"

namespace roost::search {
namespace {

// As a THREAD response spells them: children that are alone follow their parent, others are lists of their own.
std::string spelled(const std::vector<ThreadMember>& members, size_t& at) {
  ThreadMember member = members[at++];
  std::string out = member.uid.value == 0 ? "" : std::to_string(member.uid.value);
  if (member.children == 1) return out + " " + spelled(members, at);
  if (member.children > 1 && !out.empty()) out += " ";
  for (uint32_t i = 0; i < member.children; ++i) out += "(" + spelled(members, at) + ")";
  return out;
}
std::string spelled(const std::vector<ThreadMember>& members) {
  std::string out;
  for (size_t at = 0; at < members.size();) out += "(" + spelled(members, at) + ")";
  return out;
}

std::string by_subject(const std::vector<TestMessage>& messages) {
  OrderedSubject threading;
  order(threading, messages);
  return spelled(threading.result());
}
std::string by_references(const std::vector<TestMessage>& messages,
                          References::Kind kind = References::Kind::references) {
  References threading(kind, 42);
  order(threading, messages);
  return spelled(threading.result());
}
std::string by_refs(const std::vector<TestMessage>& messages) {
  return by_references(messages, References::Kind::refs);
}

TEST(OrderedSubject, MakesOneThreadOfEachSubject) {
  EXPECT_EQ(by_subject({}), "");
  EXPECT_EQ(by_subject({{.subject = "B", .sent = 1},
                        {.subject = "A", .sent = 5},
                        {.subject = "B", .sent = 4},
                        {.subject = "A", .sent = 0},
                        {.subject = "B", .sent = 3},
                        {.subject = "C", .sent = 2}}),
            "(4 2)(1 (5)(3))(6)");
}

TEST(OrderedSubject, KeepsTheOrderOfTheMailboxWhereDatesAreTheSame) {
  EXPECT_EQ(by_subject({{.subject = "Z"}, {.subject = "Y"}, {.subject = "Z"}}), "(1 3)(2)");
}

TEST(References, FollowReferences) {
  EXPECT_EQ(by_references({{.id = 1, .sent = 1},
                           {.id = 2, .references = {1}, .sent = 2},
                           {.id = 3, .references = {1, 2}, .sent = 3},
                           {.id = 4, .references = {1}, .sent = 4}}),
            "(1 (2 3)(4))");
}

TEST(References, SurviveMissingParents) {
  // 9 is not here: 1 and 2 are siblings of each other, 3 alone takes its missing parent's place.
  EXPECT_EQ(
      by_references({{.id = 1, .references = {9}}, {.id = 2, .references = {9}}, {.id = 3, .references = {8, 7}}}),
      "((1)(2))(3)");
  // A missing one between two that are here.
  EXPECT_EQ(by_references({{.id = 1}, {.id = 3, .references = {1, 2}}}), "(1 2)");
}

TEST(References, SurviveDuplicatesAndMissingIds) {
  EXPECT_EQ(
      by_references({{.id = 1}, {.id = 1, .sent = 1}, {.id = 0, .sent = 2}, {.id = 2, .references = {1}, .sent = 3}}),
      "(1 4)(2)(3)");
}

TEST(References, SurviveLoops) {
  EXPECT_EQ(by_references({{.id = 1, .references = {2}}, {.id = 2, .references = {1}}}), "(2 1)");
  EXPECT_EQ(by_references({{.id = 1, .references = {1}}}), "(1)");
  EXPECT_EQ(by_references({{.id = 1, .references = {3}}, {.id = 2, .references = {1}}, {.id = 3, .references = {2}}}),
            "(3 1 2)");
}

TEST(References, TheLastReferenceIsTheParentWhateverWasSaidBefore) {
  // 2 says that 3 is a child of 1, 3 itself knows better.
  EXPECT_EQ(by_references({{.id = 1}, {.id = 2, .references = {1, 3}, .sent = 1}, {.id = 3, .sent = 2}}), "(1)(3 2)");
}

TEST(References, GatherThreadsOfOneSubject) {
  // A reply under the message that it answers.
  EXPECT_EQ(by_references({{.subject = "S", .id = 1}, {.subject = "S", .reply = true, .id = 2, .sent = 1}}), "(1 2)");
  EXPECT_EQ(by_references({{.subject = "S", .reply = true, .id = 2}, {.subject = "S", .id = 1, .sent = 1}}), "(2 1)");
  // Two that are not replies, or two that are: siblings.
  EXPECT_EQ(by_references({{.subject = "S", .id = 1}, {.subject = "S", .id = 2, .sent = 1}}), "((1)(2))");
  EXPECT_EQ(
      by_references({{.subject = "S", .reply = true, .id = 1}, {.subject = "S", .reply = true, .id = 2, .sent = 1}}),
      "((1)(2))");
  // Not without a subject.
  EXPECT_EQ(by_references({{.id = 1}, {.id = 2}}), "(1)(2)");
}

TEST(Refs, DisregardSubjectsAndEndWithTheLatestArrival) {
  EXPECT_EQ(by_refs({{.subject = "S", .id = 1, .sent = 1, .arrived = 1},
                     {.subject = "S", .id = 2, .sent = 2, .arrived = 2},
                     {.subject = "S", .id = 3, .references = {1}, .sent = 0, .arrived = 3}}),
            "(2)(1 3)");
}

// RFC 5256 3, step by step, with trees that are walked.
class Model {
 public:
  explicit Model(const std::vector<TestMessage>& messages) : messages_(messages) {}

  std::string threads() {
    for (uint32_t i = 0; i < messages_.size(); ++i) link_message(i);
    for (Node& node : nodes_) {
      if (node.parent == nullptr && &node != &root_) adopt(&root_, &node);
    }
    prune(&root_);
    sort_top();
    merge_subjects();
    sort(&root_);
    std::string out;
    for (Node* child : root_.children) out += "(" + spell(child) + ")";
    return out;
  }

 private:
  struct Node {
    Node* parent = nullptr;
    std::vector<Node*> children;
    int message = -1;
  };

  Node* new_node() { return &nodes_.emplace_back(); }
  Node* find(uint64_t id) {
    Node*& node = by_id_[id];
    if (node == nullptr) node = new_node();
    return node;
  }
  static void orphan(Node* node) {
    if (node->parent != nullptr) std::erase(node->parent->children, node);
    node->parent = nullptr;
  }
  static void adopt(Node* parent, Node* child) {
    orphan(child);
    child->parent = parent;
    parent->children.push_back(child);
  }
  static bool descends(const Node* node, const Node* from) {
    for (; node != nullptr; node = node->parent) {
      if (node == from) return true;
    }
    return false;
  }

  void link_message(uint32_t index) {
    const TestMessage& message = messages_[index];
    Node* node = message.id == 0 ? new_node() : find(message.id);
    if (node->message >= 0) node = new_node();
    node->message = static_cast<int>(index);
    Node* last = nullptr;
    for (uint64_t id : message.references) {
      Node* next = find(id);
      if (last != nullptr && next->parent == nullptr && !descends(last, next)) adopt(last, next);
      last = next;
    }
    if (node->parent != last) orphan(node);
    if (last != nullptr && node->parent == nullptr && !descends(last, node)) adopt(last, node);
  }

  void prune(Node* parent) {
    for (size_t i = 0; i < parent->children.size();) {
      Node* child = parent->children[i];
      prune(child);
      bool dummy = child->message < 0;
      if (dummy && (parent != &root_ || child->children.size() <= 1)) {
        std::vector<Node*> promoted = child->children;
        orphan(child);
        for (Node* grandchild : promoted) adopt(parent, grandchild);
        continue;
      }
      ++i;
    }
  }

  const TestMessage& first(const Node* node) const {
    return messages_[static_cast<size_t>(node->message >= 0 ? node->message : node->children.front()->message)];
  }
  int first_index(const Node* node) const {
    return node->message >= 0 ? node->message : node->children.front()->message;
  }
  void sort_children(Node* node) {
    std::ranges::sort(node->children, [&](const Node* a, const Node* b) {
      return std::pair(first(a).sent, first_index(a)) < std::pair(first(b).sent, first_index(b));
    });
  }
  void sort_top() {
    for (Node* child : root_.children) {
      if (child->message < 0) sort_children(child);
    }
    sort_children(&root_);
  }
  void sort(Node* node) {
    for (Node* child : node->children) sort(child);
    sort_children(node);
  }

  void merge_subjects() {
    std::map<std::string, Node*> table;
    for (Node* node : root_.children) {
      if (first(node).subject.empty()) continue;
      Node*& entry = table[first(node).subject];
      if (entry == nullptr) {
        entry = node;
      } else if (entry->message >= 0 && (node->message < 0 || (first(entry).reply && !first(node).reply))) {
        entry = node;
      }
    }
    std::vector<Node*> top = root_.children;
    for (Node* node : top) {
      if (node->parent != &root_ || first(node).subject.empty()) continue;
      Node*& entry = table[first(node).subject];
      if (entry == node) continue;
      if (entry->message < 0 && node->message < 0) {
        std::vector<Node*> moved = node->children;
        for (Node* child : moved) adopt(entry, child);
        orphan(node);
      } else if (entry->message < 0 || (first(node).reply && !first(entry).reply)) {
        adopt(entry, node);
      } else {
        Node* dummy = new_node();
        adopt(&root_, dummy);
        adopt(dummy, node);
        adopt(dummy, entry);
        entry = dummy;
      }
    }
  }

  std::string spell(const Node* node) const {
    std::string out = node->message < 0 ? "" : std::to_string(node->message + 1);
    if (node->children.size() == 1) return out + " " + spell(node->children.front());
    if (!node->children.empty() && !out.empty()) out += " ";
    for (const Node* child : node->children) out += "(" + spell(child) + ")";
    return out;
  }

  const std::vector<TestMessage>& messages_;
  std::list<Node> nodes_;
  std::map<uint64_t, Node*> by_id_;
  Node root_;
};

TEST(References, AgreeWithTheRfcStepByStep) {
  RC_ASSERT(rc::check([] {
    uint32_t ids = *rc::gen::inRange(1, 25);
    auto count = *rc::gen::inRange<size_t>(0, 30);
    std::vector<TestMessage> messages;
    for (size_t i = 0; i < count; ++i) {
      TestMessage message;
      message.subject = *rc::gen::element<std::string>("", "A", "B", "C");
      message.reply = *rc::gen::arbitrary<bool>();
      message.id = *rc::gen::inRange<uint64_t>(0, ids);
      message.references =
          *rc::gen::resize(5, rc::gen::container<std::vector<uint64_t>>(rc::gen::inRange<uint64_t>(1, ids + 1)));
      message.sent = *rc::gen::inRange(0, 20);
      messages.push_back(std::move(message));
    }
    RC_ASSERT(by_references(messages) == Model(messages).threads());
  }));
}

// All that a hostile mailbox can do is long chains, and references that would close them.
TEST(References, TakeTheirTimeLinearly) {
  constexpr uint64_t kMessages = 30'000;
  std::vector<TestMessage> messages;
  for (uint64_t i = 1; i <= kMessages; ++i) messages.push_back({.id = i, .references = {i - 1}});
  messages.front().references.clear();
  for (uint64_t i = 1; i <= kMessages; ++i) {
    TestMessage message{.id = kMessages + i};
    for (uint64_t k = 0; k < 30; ++k) message.references.push_back(kMessages - k % 2 * (kMessages - 1));
    messages.push_back(std::move(message));
  }
  References threading(References::Kind::references, 1);
  order(threading, messages);
  EXPECT_EQ(threading.result().size(), 2 * kMessages);
}

}  // namespace
}  // namespace roost::search
