// roost serve: builds everything, in the order that giving up rights asks for, and runs it until it is told to stop.
#pragma once

#include "main/config.h"

namespace roost::main {

// The exit status. What went wrong before the start was said on standard error.
int serve(const Config& config);

}  // namespace roost::main
