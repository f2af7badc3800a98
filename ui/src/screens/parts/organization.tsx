import type { ReactNode } from "react";
import { useParams } from "wouter";
import { Screen as Page } from "../../kit/frame.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useProfile } from "../frame.tsx";
import { Problem } from "./problem.tsx";

export interface OfOrganizationProps {
  title: string;
  /** Who may see it; one who may not is told that there is nothing. */
  for?: (organization: Membership) => boolean;
  children: (organization: Membership) => ReactNode;
}

/** A screen of the organization that the address names, for a person who belongs to it. */
export function OfOrganization({ title, for: isFor = () => true, children }: OfOrganizationProps) {
  const t = useText();
  const { organizationId } = useParams();
  const { data, error } = useProfile();
  const organization = data?.organizations.find(({ id }) => id === organizationId);
  if (organization && isFor(organization)) return children(organization);
  return (
    <Page title={title}>
      {error && <Problem of={error} />}
      {!error && !data && <Skeleton />}
      {data && <Empty title={t("app.notFound")}>{t("console.notYours")}</Empty>}
    </Page>
  );
}
