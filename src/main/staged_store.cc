#include "main/staged_store.h"

#include <filesystem>

#include "store/open.h"

namespace roost::main {
namespace {

void remove_others(const std::string& directory, const std::string& name) {
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    std::error_code left;  // then the next one tries again
    if (at->path().filename() != name) std::filesystem::remove_all(at->path(), left);
  }
}

class Staged final : public admin::StagedStore {
 public:
  Staged(std::unique_ptr<store::Database> database, const accounts::AccountsConfig& config, rt::Loops& loops,
         rt::Pool& pool)
      : database_(std::move(database)),
        store_(database_->node()),
        accounts_(accounts::make_accounts(config, *store_, loops, pool, system_clock())) {}

  store::AccountStore& store() override { return *store_; }
  accounts::Accounts& accounts() override { return *accounts_; }
  task<> close() override { co_await accounts_->stop(); }

 private:
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::AccountStore> store_;
  std::unique_ptr<accounts::Accounts> accounts_;
};

}  // namespace

std::string staged_directory(const std::string& data) { return data + "/store/restoring"; }

task<Result<std::shared_ptr<admin::StagedStore>>> open_staged_store(const Config& config, rt::Loops& loops,
                                                                    rt::Pool& pool, std::string name) {
  store::StoreConfig staged = config.store;
  staged.directory = staged_directory(config.data) + "/" + name;
  staged.free_bytes_min = 0;  // nothing is kept here
  staged.reserve_bytes = 0;
  if (!std::filesystem::exists(staged.directory))
    co_return no(Code::cannot, "A restore is begun by the command itself");
  auto work = [&] {
    remove_others(staged_directory(config.data), name);
    return store::open_store(staged, pool);
  };
  ROOST_CO_TRY(auto database, co_await pool.run(work));
  accounts::AccountsConfig as_it_is = config.accounts;
  as_it_is.parse_guard_file = {};
  as_it_is.retention_free_bytes_min = 0;
  std::shared_ptr<admin::StagedStore> out = std::make_shared<Staged>(std::move(database), as_it_is, loops, pool);
  co_return out;
}

}  // namespace roost::main
