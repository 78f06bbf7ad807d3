// What most tests include (cmake/Precompiled.cmake).
#pragma once
#include "standard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
