"""Cases behind published tables, for which the project was written nothing: what is known is what they must give.

Kenkel and Signorino, "Estimating Extensive Form Games in R", Journal of Statistical Software 56(8), 2014, and the
examples of the package: speculative attacks (Leblang 2003) and disputes of the nineteenth century. The data lie in
`shared/data` beside the project, and are not part of it.
"""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parents[1].parent / "shared" / "data"
LEBLANG_CSV = DATA / "war1800_leblang" / "leblang2003.csv"
WAR_CSV = DATA / "war1800_leblang" / "war1800.csv"
SANCTIONS_CSV = DATA / "sanctions_signaling" / "sanctions.csv"

_ATTACK = """
standoff: 1
title: Speculative attacks
question: Is the currency attacked, and does the government defend it?
clock: {{start: 1985-01-01, step: month, steps: 1}}
parameters:
{parameters}
factors:
  attack: {{levels: [none, begun]}}
actors:
  market: {{precision: {precision}}}
  country: {{precision: {precision}}}
order: [market, country]
moves:
  market:
    wait: {{ends: no_attack}}
    attack: {{then: {{attack: begun}}}}
  country:
    devalue: {{ends: devaluation}}
    defend: {{ends: defense}}
outcomes:
  no_attack: {{title: No attack, worth: {{market: m_none, country: 0}}}}
  devaluation: {{title: The currency is devalued, worth: {{market: m_devalued, country: 0}}}}
  defense: {{title: The currency is defended, worth: {{market: m_defended, country: c_defended}}}}
fit:
  outcome: {{column: outcome, values: {{no_attack: no attack, devaluation: devaluation, defense: defense}}}}
  rule: private
"""

LEBLANG = _ATTACK.format(
    precision=1,
    parameters="""
  m_none:
    regress: {capcont: , lreserves: , overval: , creditgrow: , USinterest: , service: , contagion: , prioratt: }
  m_devalued: {regress: {constant: }}
  m_defended: {regress: {constant: }}
  c_defended:
    regress:
      {constant: , unifgov: , lexports: , preelec: , postelec: , rightgov: , realinterest: , capcont: , lreserves: }
""",
)
# Estimate and standard error of each coefficient of LEBLANG, to two decimals: Crisman-Cox, Gasparyan and Signorino,
# "Detecting and Correcting for Separation in Strategic Choice Models", Political Analysis 2023, table D.2, FMLE.
LEBLANG_TABLE = {
    "m_none: capcont": (-0.45, 0.25),
    "m_none: lreserves": (0.23, 0.06),
    "m_none: overval": (-0.44, 0.09),
    "m_none: creditgrow": (-0.06, 0.03),
    "m_none: USinterest": (-0.05, 0.06),
    "m_none: service": (-0.03, 0.05),
    "m_none: contagion": (-0.12, 0.05),
    "m_none: prioratt": (-0.12, 0.05),
    "m_devalued: constant": (-3.66, 0.30),
    "m_defended: constant": (-3.14, 0.29),
    "c_defended: constant": (0.43, 0.78),
    "c_defended: unifgov": (-0.36, 0.36),
    "c_defended: lexports": (-0.20, 0.17),
    "c_defended: preelec": (1.66, 0.75),
    "c_defended: postelec": (1.06, 0.59),
    "c_defended: rightgov": (-0.94, 0.45),
    "c_defended: realinterest": (1.80, 0.60),
    "c_defended: capcont": (0.07, 0.76),
    "c_defended: lreserves": (0.31, 0.17),
}
LEB3 = _ATTACK.format(
    precision="exp(-log_sigma)",
    parameters="""
  m_none: {regress: {lreserves: , overval: }}
  m_devalued: {regress: {constant: }}
  m_defended: {regress: {constant: }}
  c_defended: {regress: {constant: , preelec: , realinterest: }}
  log_sigma: {regress: {prioratt: }}
""",
)
LEBFIXED = _ATTACK.format(
    precision="exp(-log_sigma)",
    parameters="""
  m_none: {prior: {fixed: 1}}
  m_devalued: {prior: {fixed: -1}}
  m_defended: {prior: {fixed: 0}}
  c_defended: {prior: {fixed: 1}}
  log_sigma: {regress: {constant: }}
""",
)

_WAR = """
standoff: 1
title: Disputes of the nineteenth century
question: Is something demanded, and does the other side give in?
clock: {{start: 1816-01-01, step: month, steps: 1}}
parameters:
  sq: {{regress: {{constant: , s_wt_re1: , revis1: }}}}
  war1: {{regress: {{constant: , regime1 is dem: , regime1 is mixed: }}}}
  war2: {{regress: {{constant: , balanc: , regime2 is dem: , regime2 is mixed: }}}}
factors:
  demand: {{levels: [none, made]}}
actors:
  one: {{precision: {precision}}}
  two: {{precision: {precision}}}
order: [one, two]
moves:
  one:
    refrain: {{ends: status_quo}}
    demand: {{then: {{demand: made}}}}
  two:
    give_in: {{ends: capitulation}}
    resist: {{ends: war}}
outcomes:
  status_quo: {{worth: {{one: sq}}}}
  capitulation: {{worth: {{one: 0, two: 0}}}}
  war: {{worth: {{one: war1, two: war2}}}}
fit:
  counts: {{status_quo: sq, capitulation: capit, war: war}}
  rule: {rule}
"""
WAR_PROBIT = _WAR.format(precision=1, rule="probit")
WAR_LOGIT = _WAR.format(precision="1 / sqrt(2)", rule="logit")
