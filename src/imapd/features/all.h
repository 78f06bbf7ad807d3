// Every feature, by name. features.cc puts them in order.
#pragma once

#include "imapd/feature.h"

namespace roost::imapd {

extern const Feature kAcl;
extern const Feature kAppend;
extern const Feature kAppendLimit;
extern const Feature kApplePush;
extern const Feature kAuthenticate;
extern const Feature kBinary;
extern const Feature kCapability;
extern const Feature kCatenate;
extern const Feature kCheck;
extern const Feature kClose;
extern const Feature kCompress;
extern const Feature kCondstore;
extern const Feature kCopy;
extern const Feature kCreate;
extern const Feature kDelete;
extern const Feature kEnable;
extern const Feature kEsearch;
extern const Feature kExpunge;
extern const Feature kFetch;
extern const Feature kId;
extern const Feature kIdle;
extern const Feature kImap4Rev2;
extern const Feature kInProgress;
extern const Feature kList;
extern const Feature kListExtended;
extern const Feature kListMetadata;
extern const Feature kListMyRights;
extern const Feature kListStatus;
extern const Feature kLogin;
extern const Feature kLogout;
extern const Feature kLsub;
extern const Feature kMessageLimit;
extern const Feature kMetadata;
extern const Feature kMove;
extern const Feature kNamespace;
extern const Feature kNoop;
extern const Feature kNotify;
extern const Feature kQresync;
extern const Feature kObjectId;
extern const Feature kPartial;
extern const Feature kPreview;
extern const Feature kQuota;
extern const Feature kRename;
extern const Feature kReplace;
extern const Feature kSaveDate;
extern const Feature kSearch;
extern const Feature kSearchres;
extern const Feature kSelect;
extern const Feature kSort;
extern const Feature kStartTls;
extern const Feature kStatus;
extern const Feature kStatusSize;
extern const Feature kStore;
extern const Feature kSubscribe;
extern const Feature kThread;
extern const Feature kUidBatches;
extern const Feature kUidOnly;
extern const Feature kUnauthenticate;
extern const Feature kUnselect;
extern const Feature kUtf8Accept;
extern const Feature kWithin;

}  // namespace roost::imapd
