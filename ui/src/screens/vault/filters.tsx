import {
  Archive,
  Building2,
  Folder,
  FolderTree,
  LayoutList,
  type LucideIcon,
  Plus,
  Star,
  Trash2,
  User,
} from "lucide-react";
import { go } from "../../address.ts";
import { IconButton } from "../../kit/button.tsx";
import { classes } from "../../kit/classes.ts";
import { Select } from "../../kit/field.tsx";
import { type Translate, useText } from "../../text/t.ts";
import { treeOf } from "../../vault/collections.ts";
import { types } from "../../vault/content.ts";
import type { Vault } from "../../vault/items.ts";
import { type Filter, isSame, placeOf } from "./filter.ts";
import { iconOf } from "./item-icon.tsx";
import styles from "./vault.module.css";

/** A list that can be chosen, and how deep it stands under others. */
export interface Choice {
  filter: Filter;
  label: string;
  icon: LucideIcon;
  depth: number;
}

interface Group {
  id: "items" | "types" | "folders" | "owners";
  choices: Choice[];
}

/** Every list that a vault has, in groups. */
export function groupsOf(t: Translate, { folders, collections, organizations }: Vault): Group[] {
  const plain = (filter: Filter, label: string, icon: LucideIcon): Choice => ({ filter, label, icon, depth: 0 });
  const groups: Group[] = [
    {
      id: "items",
      choices: [
        plain({ kind: "all" }, t("vault.all"), LayoutList),
        plain({ kind: "favorites" }, t("vault.favorites"), Star),
        plain({ kind: "archive" }, t("vault.archive"), Archive),
        plain({ kind: "trash" }, t("vault.trash"), Trash2),
      ],
    },
    {
      id: "types",
      choices: [types.login, types.card, types.identity, types.note, types.sshKey].map((type) =>
        plain({ kind: "type", type }, t(`item.types.${type}`), iconOf(type)),
      ),
    },
    {
      id: "folders",
      choices: [
        ...treeOf(folders).map(({ collection: { id, name }, depth, label }) => ({
          filter: { kind: "folder", id } as const,
          label: name === null ? t("vault.unreadable") : label,
          icon: Folder,
          depth,
        })),
        plain({ kind: "folder", id: "none" }, t("vault.noFolder"), Folder),
      ],
    },
  ];
  const joined = organizations.filter(({ enabled }) => enabled);
  if (joined.length === 0) return groups;
  const owners = [plain({ kind: "organization", id: "mine" }, t("vault.mine"), User)];
  for (const { id, name } of joined) {
    owners.push(plain({ kind: "organization", id }, name, Building2));
    const own = collections.filter(({ organizationId }) => organizationId === id);
    for (const { collection, depth, label } of treeOf(own)) {
      const shown = collection.name === null ? t("vault.unreadable") : label;
      owners.push({
        filter: { kind: "collection", id: collection.id },
        label: shown,
        icon: FolderTree,
        depth: depth + 1,
      });
    }
  }
  return [...groups, { id: "owners", choices: owners }];
}

interface FiltersProps {
  groups: Group[];
  filter: Filter;
  onNewFolder: () => void;
}

/** Which items are shown: beside the list, and on a phone above it. */
export function Filters({ groups, filter, onNewFolder }: FiltersProps) {
  const t = useText();
  const places = groups.flatMap(({ choices }) => choices);
  return (
    <>
      <nav className={styles.filters} aria-label={t("vault.filters")}>
        {groups.map(({ id, choices }) => (
          <section key={id} aria-label={t(`vault.group.${id}`)}>
            {id !== "items" && (
              <div className={styles.groupHead}>
                <span aria-hidden="true">{t(`vault.group.${id}`)}</span>
                {id === "folders" && (
                  <IconButton label={t("vault.newFolder")} onClick={onNewFolder}>
                    <Plus size={16} aria-hidden="true" />
                  </IconButton>
                )}
              </div>
            )}
            <ul>
              {choices.map(({ filter: to, label, icon: Icon, depth }) => (
                <li key={placeOf(to)}>
                  <a
                    href={`#${placeOf(to)}`}
                    aria-current={isSame(to, filter) ? "true" : undefined}
                    className={classes(styles.filter, depth > 0 && styles.deeper)}
                    data-depth={Math.min(depth, 3)}
                  >
                    <Icon size={18} aria-hidden="true" />
                    {label}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      <div className={styles.filterSelect}>
        <Select
          label={t("vault.filters")}
          value={placeOf(filter)}
          onChange={({ target }) => go(target.value)}
          options={places.map(({ filter: to, label, depth }) => ({
            value: placeOf(to),
            label: `${"\u2003".repeat(depth)}${label}`,
          }))}
        />
      </div>
    </>
  );
}
