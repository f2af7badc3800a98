import { lazy } from "react";

// What only people who are logged in need is loaded when they are.
export const Inside = lazy(() => import("./frame.tsx"));
export const Lock = lazy(() => import("./sign-in/lock.tsx"));

// The operator page has nobody's vault in it.
export const Desk = lazy(() => import("./operator/frame.tsx"));
