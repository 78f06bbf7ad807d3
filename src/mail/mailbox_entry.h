// A mailbox as it stands on a page of entries: everything but its rows and its older traces. docs/formats/root.md.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "mail/mailbox_state.h"

namespace roost::mail {

// All of its chunks and sealed traces must be written.
void write_mailbox_entry(Encoder& out, const MailboxState& mailbox);

// Code::corruption unless it is consistent in itself.
Result<MailboxState> read_mailbox_entry(Decoder& in, AccountId account);

// One that was deleted, and when.
void write_deleted_entry(Encoder& out, const MailboxState& mailbox);
Result<MailboxState> read_deleted_entry(Decoder& in, AccountId account);

// Traces in the order of their modseqs: within an entry, or alone on a page.
void write_trace_list(Encoder& out, std::span<const Trace> traces);
std::vector<Trace> read_trace_list(Decoder& in);  // fails the decoder where they are not in order

// A block of traces as a page of its own.
Bytes write_trace_page(const TraceBlock& block);
Result<ColumnPtr<Trace>> read_trace_page(BytesView page, const TraceBlock& index);

}  // namespace roost::mail
