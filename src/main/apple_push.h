// What pushing to Apple's devices needs before rights are given up: certificate and key, and how names are looked up.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "main/config.h"
#include "push/apns.h"

namespace roost::main {

// Reads the files; nothing where pushing is off. One sentence where one of them is of no use.
Result<std::optional<push::ApnsConfig>> read_apns_config(const ApplePushConfig& config);

// Where pushing is on, the files that looking up a name reads; those of them that there are.
void add_resolver(const ApplePushConfig& config, std::vector<std::string>& readable);

}  // namespace roost::main
