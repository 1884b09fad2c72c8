-- The 32 KPIs of contract lines, from the sums of each slice.

CREATE TABLE money_figure AS
SELECT kpi, number, slice, key, numerator, denominator, n, numerator / NULLIF(denominator, 0) AS value
FROM (
  SELECT number, slice, key, unnest([
    {'kpi': 'client_retention_rate', 'numerator': retained, 'denominator': opening_clients, 'n': opening_clients},
    {'kpi': 'client_churn_rate', 'numerator': opening_clients - retained, 'denominator': opening_clients,
      'n': opening_clients},
    {'kpi': 'grr', 'numerator': kept, 'denominator': opening, 'n': cohort},
    {'kpi': 'revenue_churn_rate', 'numerator': opening - kept, 'denominator': opening, 'n': cohort},
    {'kpi': 'nrr', 'numerator': cohort_closing, 'denominator': opening, 'n': cohort},
    {'kpi': 'net_revenue_churn_rate', 'numerator': opening - cohort_closing, 'denominator': opening, 'n': cohort},
    {'kpi': 'arpa', 'numerator': closing, 'denominator': paying, 'n': paying},
    {'kpi': 'mrr_growth_rate', 'numerator': closing - opening, 'denominator': opening, 'n': cohort},
    {'kpi': 'cmgr', 'numerator': closing - opening, 'denominator': opening, 'n': cohort},
    {'kpi': 'quick_ratio', 'numerator': new + reactivation + expansion, 'denominator': -reduced - churn,
      'n': movers_of_all},
    {'kpi': 'upsell_rate', 'numerator': upsell_buyers, 'denominator': prospects, 'n': prospects},
    {'kpi': 'cross_sell_rate', 'numerator': cross_sell_buyers, 'denominator': prospects, 'n': prospects},
    {'kpi': 'upsell_cross_sell_revenue_rate', 'numerator': sold, 'denominator': opening, 'n': cohort}
  ], recursive := true)
  FROM money
);

INSERT INTO result SELECT * FROM money_figure;

-- Amounts and counts have no denominator: their value is their numerator.
INSERT INTO result
SELECT kpi, number, slice, key, amount, NULL, n, amount
FROM (
  SELECT number, slice, key, unnest([
    {'kpi': 'mrr', 'amount': closing, 'n': paying},
    {'kpi': 'opening_mrr', 'amount': opening, 'n': cohort},
    {'kpi': 'arr', 'amount': closing * 12, 'n': paying},
    {'kpi': 'opening_clients', 'amount': opening_clients, 'n': opening_clients},
    {'kpi': 'closing_clients', 'amount': closing_clients, 'n': closing_clients},
    {'kpi': 'lost_clients', 'amount': opening_clients - retained, 'n': opening_clients},
    {'kpi': 'new_mrr', 'amount': new, 'n': new_movers},
    {'kpi': 'reactivation_mrr', 'amount': reactivation, 'n': reactivation_movers},
    {'kpi': 'upsell_mrr', 'amount': upsell, 'n': upsell_movers},
    {'kpi': 'cross_sell_mrr', 'amount': cross_sell, 'n': cross_sell_movers},
    {'kpi': 'price_change_mrr', 'amount': price_change, 'n': price_change_movers},
    {'kpi': 'expansion_mrr', 'amount': expansion, 'n': expansion_movers},
    {'kpi': 'contraction_mrr', 'amount': -reduced, 'n': reduced_movers},
    {'kpi': 'churned_mrr', 'amount': -churn, 'n': churn_movers},
    {'kpi': 'net_new_mrr', 'amount': new + reactivation + expansion + reduced + churn, 'n': movers_of_all},
    {'kpi': 'fx_effect', 'amount': fx, 'n': fx_movers},
    {'kpi': 'upsell_cross_sell_revenue', 'amount': sold, 'n': buyers}
  ], recursive := true)
  FROM money
);

CREATE TABLE churned AS
SELECT money.number, money.slice, money.key, money.closing, money.paying,
  COALESCE(loss.window_clients, 0) AS window_clients, COALESCE(loss.window_lost, 0) AS window_lost,
  COALESCE(loss.clients, 0) AS clients, COALESCE(loss.lost, 0) AS lost
FROM money
LEFT JOIN client ON money.slice = 'client' AND client.book_id = money.key
LEFT JOIN loss ON loss.number = money.number
  AND loss.slice = CASE money.slice WHEN 'client' THEN 'segment' ELSE money.slice END
  AND loss.key IS NOT DISTINCT FROM CASE money.slice
    WHEN 'client' THEN COALESCE(NULLIF(client.segment, ''), 'unassigned') ELSE money.key END;

INSERT INTO result
SELECT 'lifetime_months', number, slice, key, clients, lost, clients, clients / NULLIF(lost, 0) FROM churned;

INSERT INTO result
SELECT 'clv', number, slice, key, closing * getvariable('gross_margin') / NULLIF(paying, 0),
  CASE WHEN paying > 0 THEN COALESCE(window_lost / NULLIF(window_clients, 0), 0) END, window_clients,
  closing * getvariable('gross_margin') * window_clients / NULLIF(paying * window_lost, 0)
FROM churned;
