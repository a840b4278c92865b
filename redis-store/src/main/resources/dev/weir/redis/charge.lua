-- SPDX-License-Identifier: Apache-2.0
-- Decides one charge. KEYS: one for each item. ARGV: the items. An error means that nothing was taken.

local keys, asked, call = KEYS, ARGV[1], redis.call
local values = #KEYS > 1 and call('MGET', unpack(KEYS)) -- costs less than one by one
-- include decide.lua
