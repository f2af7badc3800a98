import { useQuery } from "@tanstack/react-query";
import { Screen as Page } from "../../kit/frame.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { makeCopy, tellExported } from "../../vault/export.ts";
import { whoForbidsCopies } from "../../vault/policies.ts";
import { useProfile } from "../frame.tsx";
import { Problem } from "../parts/problem.tsx";
import { CopyForms } from "./copy-forms.tsx";

/** Makes a copy of the person's own items, and hands it to them. */
export function Screen() {
  const t = useText();
  const { data: profile } = useProfile();
  const { data: forbids, error } = useQuery({
    queryKey: ["whoForbidsCopies"],
    queryFn: async () => (await whoForbidsCopies(profile?.organizations ?? [])) ?? null,
    enabled: profile !== undefined,
  });
  return (
    <Page title={t("export.title")} lead={t("export.lead")}>
      {error && <Problem of={error} />}
      {forbids === undefined && !error && <Skeleton />}
      {forbids && <Notice tone="wait">{t("export.forbidden", { name: forbids.name })}</Notice>}
      {forbids === null && (
        <CopyForms
          words={{
            account: [t("export.form.account"), t("export.form.accountText")],
            leaves: t("export.leaves"),
            prove: t("export.prove"),
            left: t("export.leftLead"),
          }}
          make={makeCopy}
          tell={tellExported}
        />
      )}
    </Page>
  );
}
