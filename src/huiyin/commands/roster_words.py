"""The words of ``huiyin roster`` in the languages of the pure commands."""

from __future__ import annotations

WORDS = {
    "en": {
        "no-gaps": "No gap in {days} days.",
        "lacking": "{n} missing",
        "away": "away or no member",
        "double": "already on another duty",
        "found": "{errors} errors, {warnings} warnings",
        "method": "Method",
        "greedy": "who has waited longest (no optimiser)",
        "optimal": "optimiser, proved the best",
        "good": "optimiser, stopped by its time",
        "fairness": "Fairness",
        "part": "{shifts} shifts, {hours:g} h, {off:g} h on days off, {night:g} h at night, "
        "{over:+.1f} h against the fair part",
        "never": "never serves",
        "rest": "Rest",
    },
    "zh-Hans": {
        "no-gaps": "{days} 天内没有空缺。",
        "lacking": "缺 {n} 人",
        "away": "请假或不在名单",
        "double": "已在另一岗位",
        "found": "{errors} 个错误，{warnings} 个提醒",
        "method": "方法",
        "greedy": "等候最久者先（未用优化器）",
        "optimal": "优化器，已证明最优",
        "good": "优化器，到时停止",
        "fairness": "公平表",
        "part": "{shifts} 班，{hours:g} 小时，休息日 {off:g} 小时，夜间 {night:g} 小时，"
        "与应值相差 {over:+.1f} 小时",
        "never": "从未值班",
        "rest": "休息",
    },
    "zh-Hant": {
        "no-gaps": "{days} 天內沒有空缺。",
        "lacking": "缺 {n} 人",
        "away": "請假或不在名單",
        "double": "已在另一崗位",
        "found": "{errors} 個錯誤，{warnings} 個提醒",
        "method": "方法",
        "greedy": "等候最久者先（未用最佳化器）",
        "optimal": "最佳化器，已證明最佳",
        "good": "最佳化器，到時停止",
        "fairness": "公平表",
        "part": "{shifts} 班，{hours:g} 小時，休息日 {off:g} 小時，夜間 {night:g} 小時，"
        "與應值相差 {over:+.1f} 小時",
        "never": "從未值班",
        "rest": "休息",
    },
}
