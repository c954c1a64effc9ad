/** The typing rule of every function of the table. */
import type { FunctionRule } from '../call.ts';
import { ACTION_RULES } from './actions.ts';
import { CONSTANT_RULES } from './constants.ts';
import { MAP_RULES } from './maps.ts';
import { PACKET_RULES } from './packets.ts';
import { STRING_RULES } from './strings.ts';
import { VALUE_RULES } from './values.ts';

export const FUNCTION_RULES: Readonly<Record<string, FunctionRule>> = {
  ...ACTION_RULES,
  ...PACKET_RULES,
  ...STRING_RULES,
  ...MAP_RULES,
  ...VALUE_RULES,
  ...CONSTANT_RULES,
};
