import { useQueryClient } from "@tanstack/react-query";
import { useSearch } from "wouter";
import { go } from "../../address.ts";
import type { OrgView } from "../../api/client.ts";
import { server } from "../../api/server.ts";
import { toast } from "../../kit/toast.tsx";
import { home } from "../../route.ts";
import { useText } from "../../text/t.ts";
import type { Profile } from "../../vault/profile.ts";
import { placesOf } from "../frame.tsx";

/** An address of this page that a link names, to which the person wants to come back. */
const own = (address: string | null): string | undefined => (address?.startsWith("/") ? address : undefined);

/** What happens once an organization is there: back to where the person came from, else to its members. */
export function useAfterFounding(): (made: OrgView) => Promise<void> {
  const t = useText();
  const queries = useQueryClient();
  const query = new URLSearchParams(useSearch());
  const back = own(query.get("then")) ?? own(query.get("redeem"));
  return async ({ id, name }) => {
    await queries.invalidateQueries();
    const organizations = queries.getQueryData<Profile>(["profile"])?.organizations ?? [];
    const organization = organizations.find((one) => one.id === id);
    const [first] = placesOf("console", { organization, organizations, server: await server() });
    toast(t("found.made", { name }));
    go(back ?? first?.address ?? home);
  };
}
