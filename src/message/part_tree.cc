#include "message/part_tree.h"

namespace roost::message {

uint32_t PartTree::append(uint32_t parent, uint64_t offset) {
  auto index = static_cast<uint32_t>(parts_.size());
  Part& part = parts_.emplace_back();
  part.parent = parent;
  part.header = part.body = {offset, 0};
  if (parent == kNoPart) return index;
  part.depth = parts_[parent].depth + 1;
  uint32_t& last = open_.back().last_child;
  (last == kNoPart ? parts_[parent].first_child : parts_[last].next_sibling) = index;
  last = index;
  return index;
}

uint32_t PartTree::begin(uint32_t parent, uint64_t offset) {
  uint32_t index = append(parent, offset);
  open_.push_back({.part = index});
  return index;
}

void PartTree::begin_body(Place at) {
  Open& open = open_.back();
  Part& part = parts_[open.part];
  part.header.size = at.offset - part.header.offset;
  part.body.offset = at.offset;
  open.body = open.least_end = at;
}

void PartTree::add_synthetic_child() {
  Open& open = open_.back();
  uint32_t index = append(open.part, open.least_end.offset);
  parts_[index].synthetic = true;
  parts_[index].type = "text";
  parts_[index].subtype = "plain";
}

void PartTree::close_top(Place end) {
  Open open = open_.back();
  open_.pop_back();
  if (end.offset < open.least_end.offset) end = open.least_end;
  Part& part = parts_[open.part];
  part.body.size = end.offset - open.body.offset;
  part.body_lines = end.lines - open.body.lines;
  if (!open_.empty()) open_.back().least_end = end;
}

}  // namespace roost::message
