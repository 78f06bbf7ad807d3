#include <algorithm>
#include <limits>

#include "mail/chunk_page.h"
#include "mail/page.h"

namespace roost::mail {
namespace {

// --- columns of numbers: differences, or runs of equal values ---

template <class Get>
void write_differences(Encoder& out, uint32_t rows, Get get) {
  uint64_t before = 0;
  for (uint32_t i = 0; i < rows; ++i) {
    auto value = static_cast<uint64_t>(get(i));
    out.zigzag(static_cast<int64_t>(value - before));
    before = value;
  }
}
template <class Set>
void read_differences(Decoder& in, uint32_t rows, Set set) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < rows; ++i) {
    value += static_cast<uint64_t>(in.zigzag());
    set(i, value);
  }
}

template <class Get>
void write_runs(Encoder& out, uint32_t rows, Get get) {
  for (uint32_t i = 0; i < rows;) {
    int64_t value = get(i);
    uint32_t end = i + 1;
    while (end < rows && get(end) == value) ++end;
    out.varint(end - i);
    out.zigzag(value);
    i = end;
  }
}
template <class Set>
void read_runs(Decoder& in, uint32_t rows, Set set) {
  for (uint32_t i = 0; i < rows && !in.failed();) {
    uint64_t length = in.varint();
    int64_t value = in.zigzag();
    if (length == 0 || length > rows - i) {
      in.fail();
      return;
    }
    for (uint64_t k = 0; k < length; ++k) set(i++, value);
  }
}

// --- ids ---

BytesView view_of(const ObjectId& id) { return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()}; }
ObjectId read_object_id(Decoder& in) {
  ObjectId id;
  std::ranges::copy(in.raw(id.bytes.size()), id.bytes.begin());
  return id;
}

bool begins_thread(const ColdRow& row) { return row.thread_id == row.email_id; }

void write_ids(Encoder& out, const std::vector<const ColdRow*>& rows) {
  for (const ColdRow* row : rows) out.raw(view_of(row->email_id));
  write_runs(out, static_cast<uint32_t>(rows.size()), [&](uint32_t i) { return begins_thread(*rows[i]) ? 1 : 0; });
  for (const ColdRow* row : rows) {
    if (!begins_thread(*row)) out.raw(view_of(row->thread_id));
  }
}
void read_ids(Decoder& in, std::vector<ColdRow>& rows) {
  for (ColdRow& row : rows) row.email_id = read_object_id(in);
  std::vector<bool> begins(rows.size());
  read_runs(in, static_cast<uint32_t>(rows.size()), [&](uint32_t i, int64_t value) { begins[i] = value != 0; });
  for (size_t i = 0; i < rows.size(); ++i) rows[i].thread_id = begins[i] ? rows[i].email_id : read_object_id(in);
}

// --- cards ---

void write_cards(Encoder& out, const std::vector<const ColdRow*>& rows) {
  auto count = static_cast<uint32_t>(rows.size());
  write_runs(out, count, [&](uint32_t i) { return static_cast<int64_t>(rows[i]->card); });
  write_differences(out, count, [&](uint32_t i) { return rows[i]->card_home; });
  write_differences(out, count, [&](uint32_t i) { return rows[i]->card_index; });
}
void read_cards(Decoder& in, std::vector<ColdRow>& rows) {
  auto count = static_cast<uint32_t>(rows.size());
  read_runs(in, count, [&](uint32_t i, int64_t value) {
    rows[i].card = static_cast<ColdRow::Card>(value);
    bool known = value == static_cast<int64_t>(ColdRow::Card::none) ||
                 value == static_cast<int64_t>(ColdRow::Card::segment) ||
                 value == static_cast<int64_t>(ColdRow::Card::blob);
    if (!known) in.fail();
  });
  read_differences(in, count, [&](uint32_t i, uint64_t value) { rows[i].card_home = value; });
  read_differences(in, count, [&](uint32_t i, uint64_t value) {
    if (value > UINT32_MAX) in.fail();
    rows[i].card_index = static_cast<uint32_t>(value);
  });
}

void read_dates_and_sizes(Decoder& in, std::vector<ColdRow>& rows) {
  auto count = static_cast<uint32_t>(rows.size());
  read_differences(in, count, [&](uint32_t i, uint64_t v) { rows[i].internal_seconds = static_cast<int64_t>(v); });
  read_runs(in, count, [&](uint32_t i, int64_t value) {
    if (value < INT16_MIN || value > INT16_MAX) in.fail();
    rows[i].zone_minutes = static_cast<int16_t>(value);
  });
  read_differences(in, count, [&](uint32_t i, uint64_t v) { rows[i].save_date = static_cast<int64_t>(v); });
  for (ColdRow& row : rows) row.size = in.varint();
  read_differences(in, count, [&](uint32_t i, uint64_t v) {
    if (v == 0) in.fail();
    rows[i].blob = v;
  });
}

}  // namespace

Bytes write_cold_page(const Chunk& chunk) {
  std::vector<const ColdRow*> rows(chunk.rows);
  for (uint32_t i = 0; i < chunk.rows; ++i) rows[i] = &chunk.cold_row(i);
  Bytes content;
  Encoder out(content);
  out.varint(chunk.rows);
  out.varint(chunk.uid_min.value);
  out.varint(chunk.uid_max.value);
  write_differences(out, chunk.rows, [&](uint32_t i) { return rows[i]->internal_seconds; });
  write_runs(out, chunk.rows, [&](uint32_t i) { return rows[i]->zone_minutes; });
  write_differences(out, chunk.rows, [&](uint32_t i) { return rows[i]->save_date; });
  for (const ColdRow* row : rows) out.varint(row->size);
  write_differences(out, chunk.rows, [&](uint32_t i) { return rows[i]->blob; });
  write_ids(out, rows);
  write_cards(out, rows);
  return pack_page(PageKind::cold, content);
}

Result<std::shared_ptr<const ColdLeaves>> read_cold_page(BytesView page, const Chunk& index) {
  ROOST_TRY(Bytes content, unpack_page(PageKind::cold, page));
  Decoder in(content);
  uint64_t count = in.varint();
  uint64_t uid_min = in.varint();
  uint64_t uid_max = in.varint();
  if (count == 0 || count != index.rows || count > kChunkRowsMax || uid_min != index.uid_min.value ||
      uid_max != index.uid_max.value) {
    return fault("cold page: not the rows of its index entry", Code::corruption);
  }
  std::vector<ColdRow> rows(count);
  read_dates_and_sizes(in, rows);
  read_ids(in, rows);
  read_cards(in, rows);
  ROOST_TRY_VOID(in.finish("cold page"));
  auto leaves = std::make_shared<ColdLeaves>();
  for (size_t done = 0; done < rows.size(); done += kLeafRows) {
    auto size = static_cast<uint32_t>(std::min<size_t>(kLeafRows, rows.size() - done));
    leaves->push_back(copy_column(rows.data() + done, size, size));
  }
  return leaves;
}

}  // namespace roost::mail
