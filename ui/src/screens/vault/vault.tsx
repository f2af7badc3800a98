import { FolderPlus, Plus } from "lucide-react";
import { useState } from "react";
import { useSearch } from "wouter";
import { go } from "../../address.ts";
import { Button } from "../../kit/button.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { Menu, MenuGroup, MenuItem } from "../../kit/menu.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Progress } from "../../kit/progress.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { type Type, types } from "../../vault/content.ts";
import { loadVault, type State, type Vault } from "../../vault/items.ts";
import { problemOf } from "../parts/problem.tsx";
import { Editor } from "./editor.tsx";
import { type Filter, filterOf, placeOf } from "./filter.ts";
import { Filters, groupsOf } from "./filters.tsx";
import { FolderDialog } from "./folder-dialog.tsx";
import { Item } from "./item.tsx";
import { iconOf } from "./item-icon.tsx";
import { Shelf } from "./shelf.tsx";
import { useVault } from "./use-vault.ts";
import styles from "./vault.module.css";

/** Everything that a person keeps. The item of the address stands in front of the list. */
export function Screen() {
  const t = useText();
  const state = useVault();
  const [front, setFront] = useState<Type | "folder">();
  if (state.phase !== "ready") {
    return (
      <Page title={t("vault.title")}>
        <Unready state={state} />
      </Page>
    );
  }
  return (
    <Page title={t("vault.title")} actions={<New onNew={setFront} />}>
      <Ready vault={state.vault} front={front} onFront={setFront} />
    </Page>
  );
}

const offered = [types.login, types.card, types.identity, types.note, types.sshKey];

/** What can be made. */
function New({ onNew }: { onNew: (what: Type | "folder") => void }) {
  const t = useText();
  const trigger = (
    <>
      <Plus size={18} aria-hidden="true" />
      {t("vault.new")}
    </>
  );
  return (
    <Menu trigger={trigger} tone="primary">
      <MenuGroup>
        {offered.map((type) => {
          const Icon = iconOf(type);
          return (
            <MenuItem key={type} icon={<Icon size={18} aria-hidden="true" />} onSelect={() => onNew(type)}>
              {t(`item.type.${type}`)}
            </MenuItem>
          );
        })}
      </MenuGroup>
      <MenuGroup>
        <MenuItem icon={<FolderPlus size={18} aria-hidden="true" />} onSelect={() => onNew("folder")}>
          {t("vault.folder")}
        </MenuItem>
      </MenuGroup>
    </Menu>
  );
}

/** What stands there until the vault does. */
function Unready({ state }: { state: Exclude<State, { phase: "ready" }> }) {
  const t = useText();
  if (state.phase === "failed") {
    return (
      <Notice tone="loss" title={t("vault.failed")}>
        <p>{problemOf(t, state.failure)}</p>
        <Button onClick={() => loadVault().catch(() => undefined)}>{t("vault.again")}</Button>
      </Notice>
    );
  }
  return (
    <div className={styles.loading}>
      {state.phase === "loading" && state.of > 500 && (
        <Progress done={state.done} of={state.of} label={t("vault.opening", { done: state.done, count: state.of })} />
      )}
      <Skeleton lines={6} />
    </div>
  );
}

interface ReadyProps {
  vault: Vault;
  front: Type | "folder" | undefined;
  onFront: (front: Type | "folder" | undefined) => void;
}

function Ready({ vault, front, onFront }: ReadyProps) {
  const t = useText();
  const query = new URLSearchParams(useSearch());
  const filter = filterOf(query);
  const itemId = query.get("itemId") ?? undefined;
  const groups = groupsOf(t, vault);
  const close = () => onFront(undefined);
  const show = (to: Filter, id?: string) => go(placeOf(to, id));
  return (
    <div className={styles.vault}>
      <Filters groups={groups} filter={filter} onNewFolder={() => onFront("folder")} />
      <Shelf key={placeOf(filter)} vault={vault} filter={filter} groups={groups} onNew={onFront} />
      {itemId && <Item key={itemId} id={itemId} vault={vault} onClose={() => show(filter)} />}
      {front === "folder" && <FolderDialog onClose={close} onSaved={(id) => show({ kind: "folder", id })} />}
      {front && front !== "folder" && (
        <Editor vault={vault} type={front} filter={filter} onClose={close} onSaved={(id) => show(filter, id)} />
      )}
    </div>
  );
}
