import { type Role, roles, type Scope, scopesOf } from "@genbo/domain/permissions";

/** The roles whose keys may hold a scope. */
export const rolesWith = (scope: Scope): readonly Role[] =>
  roles.filter((role) => scopesOf(role).includes(scope));
