// SPDX-License-Identifier: MIT
// Every port behind one struct: the machine that a verb acts on.
#pragma once

#include "handler/ports/clock.hpp"
#include "handler/ports/commands.hpp"
#include "handler/ports/crypto.hpp"
#include "handler/ports/endpoint.hpp"
#include "handler/ports/engine.hpp"
#include "handler/ports/files.hpp"
#include "handler/ports/locks.hpp"
#include "handler/ports/log.hpp"
#include "handler/ports/network.hpp"
#include "handler/ports/services.hpp"

namespace dockerext {

struct System {
  Files& files;
  Services& services;
  Commands& commands;
  Engine& engine;
  Endpoint& endpoint;
  Crypto& crypto;
  Locks& locks;
  Network& network;
  Clock& clock;
  Log& log;
};

}  // namespace dockerext
