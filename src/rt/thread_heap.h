// The memory of a thread that is about to begin its work.
#pragma once

namespace roost::rt {

// The C library grows a thread's heap a page at a time, each with a system call for which all threads of the process
// wait. This has it grow at once to what a thread mostly needs; nothing of it takes memory until it is used.
void grow_thread_heap();

}  // namespace roost::rt
