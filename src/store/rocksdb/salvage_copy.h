// From a damaged database into a new one: what can be read, and an account of what cannot.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "store/rocksdb/damage_scan.h"
#include "store/rocksdb/tables.h"

namespace roost::store {

// Whether every key and every value but bodies is as it was written. Reads all of the database; blocks.
bool is_sound(Tables& tables);

class SalvageCopy {
 public:
  // `sound`: the same database as `damaged`, without its damaged tables.
  SalvageCopy(Tables& damaged, Tables& sound, Tables& to) : damaged_(damaged), sound_(sound), to_(to) {}

  // Leaves in `to` the names that store/salvage.h speaks of. Nothing is synced until `to` is closed.
  Result<> run(const std::vector<DamagedTable>& tables);

 private:
  Result<> copy(Family family);
  Result<> copy_table(const DamagedTable& table);
  Result<> copy_bodies();
  Result<> put(Family family, BytesView key, BytesView value);
  Result<> write();
  Result<> cut_logs();
  Result<> cut_log(AccountId account, uint64_t position);
  Result<> count_accounts();
  Result<> leave_names();
  void note(const Gap& gap);
  void note_accounts(const Gap& gap);

  Tables& damaged_;
  Tables& sound_;
  Tables& to_;
  rocksdb::WriteBatch batch_;
  std::set<uint64_t> accounts_;
  std::set<uint64_t> shortened_;
  std::vector<Gap> gaps_;
  std::vector<std::string> said_;
};

}  // namespace roost::store
