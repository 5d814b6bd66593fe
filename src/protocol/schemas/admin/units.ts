import Type from 'typebox';
import { FileName, Identifier, Instant, OptionalText, Text } from '../common.ts';
import { UnitName, UnitState } from '../desired.ts';
import { GroupName } from './fleet.ts';
import { UnitKind } from './library.ts';

/** Gives a task or service of the library to an agent or to all of a group, or takes it away: exactly one of the two. */
export const AssignmentRequest = Type.Object({
  filename: FileName,
  agentID: Type.Optional(Identifier),
  group: Type.Optional(GroupName),
});
export type AssignmentRequest = Type.Static<typeof AssignmentRequest>;

export const AssignmentView = Type.Object({
  ...AssignmentRequest.properties,
  /** Of the agent, when it is one. */
  hostname: OptionalText,
  kind: UnitKind,
  name: UnitName,
  assignedAt: Instant,
  assignedBy: Text,
});
export type AssignmentView = Type.Static<typeof AssignmentView>;

export const AssignmentList = Type.Object({ assignments: Type.Array(AssignmentView) });
export type AssignmentList = Type.Static<typeof AssignmentList>;

/** A task or service as its agent last reported it. */
export const UnitView = Type.Object({
  ...UnitState.properties,
  agentID: Text,
  hostname: Text,
  reportedAt: Instant,
});
export type UnitView = Type.Static<typeof UnitView>;

export const UnitList = Type.Object({ units: Type.Array(UnitView) });
export type UnitList = Type.Static<typeof UnitList>;
