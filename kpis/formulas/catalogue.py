"""Every KPI, in the order in which they are listed everywhere."""

from kpis.formulas.am_confidence import AM_CONFIDENCE
from kpis.formulas.am_workload import AM_WORKLOAD
from kpis.formulas.arpa import ARPA
from kpis.formulas.arr import ARR
from kpis.formulas.churned_mrr import CHURNED_MRR
from kpis.formulas.client_churn_rate import CLIENT_CHURN_RATE
from kpis.formulas.client_retention_rate import CLIENT_RETENTION_RATE
from kpis.formulas.closing_clients import CLOSING_CLIENTS
from kpis.formulas.clv import CLV
from kpis.formulas.cmgr import CMGR
from kpis.formulas.contraction_mrr import CONTRACTION_MRR
from kpis.formulas.cross_sell_mrr import CROSS_SELL_MRR
from kpis.formulas.cross_sell_rate import CROSS_SELL_RATE
from kpis.formulas.csat import CSAT
from kpis.formulas.definition import Definition
from kpis.formulas.expansion_mrr import EXPANSION_MRR
from kpis.formulas.fcr import FCR
from kpis.formulas.first_response_hours import FIRST_RESPONSE_HOURS
from kpis.formulas.first_response_hours_mean import FIRST_RESPONSE_HOURS_MEAN
from kpis.formulas.first_response_hours_p90 import FIRST_RESPONSE_HOURS_P90
from kpis.formulas.fx_effect import FX_EFFECT
from kpis.formulas.grr import GRR
from kpis.formulas.lifetime_months import LIFETIME_MONTHS
from kpis.formulas.lost_clients import LOST_CLIENTS
from kpis.formulas.mrr import MRR
from kpis.formulas.mrr_growth_rate import MRR_GROWTH_RATE
from kpis.formulas.net_new_mrr import NET_NEW_MRR
from kpis.formulas.net_revenue_churn_rate import NET_REVENUE_CHURN_RATE
from kpis.formulas.new_mrr import NEW_MRR
from kpis.formulas.nps import NPS
from kpis.formulas.nrr import NRR
from kpis.formulas.on_time_delivery_rate import ON_TIME_DELIVERY_RATE
from kpis.formulas.opening_clients import OPENING_CLIENTS
from kpis.formulas.opening_mrr import OPENING_MRR
from kpis.formulas.price_change_mrr import PRICE_CHANGE_MRR
from kpis.formulas.project_cross_sell_rate import PROJECT_CROSS_SELL_RATE
from kpis.formulas.proposal_conversion_rate import PROPOSAL_CONVERSION_RATE
from kpis.formulas.proposal_conversion_value_rate import PROPOSAL_CONVERSION_VALUE_RATE
from kpis.formulas.quick_ratio import QUICK_RATIO
from kpis.formulas.reactivation_mrr import REACTIVATION_MRR
from kpis.formulas.referral_rate import REFERRAL_RATE
from kpis.formulas.referral_share_of_new_clients import REFERRAL_SHARE_OF_NEW_CLIENTS
from kpis.formulas.reply_hours import REPLY_HOURS
from kpis.formulas.revenue_churn_rate import REVENUE_CHURN_RATE
from kpis.formulas.sla_attainment import SLA_ATTAINMENT
from kpis.formulas.sla_breached import SLA_BREACHED
from kpis.formulas.sla_pending import SLA_PENDING
from kpis.formulas.survey_response_rate import SURVEY_RESPONSE_RATE
from kpis.formulas.testimonials import TESTIMONIALS
from kpis.formulas.touchpoint_coverage import TOUCHPOINT_COVERAGE
from kpis.formulas.touchpoints_per_client_month import TOUCHPOINTS_PER_CLIENT_MONTH
from kpis.formulas.upsell_cross_sell_revenue import UPSELL_CROSS_SELL_REVENUE
from kpis.formulas.upsell_cross_sell_revenue_rate import UPSELL_CROSS_SELL_REVENUE_RATE
from kpis.formulas.upsell_mrr import UPSELL_MRR
from kpis.formulas.upsell_rate import UPSELL_RATE
from kpis.formulas.weighted_load import WEIGHTED_LOAD

_ALL = (
    CLIENT_RETENTION_RATE,
    CLIENT_CHURN_RATE,
    REVENUE_CHURN_RATE,
    NET_REVENUE_CHURN_RATE,
    GRR,
    NRR,
    MRR,
    OPENING_MRR,
    ARR,
    ARPA,
    OPENING_CLIENTS,
    CLOSING_CLIENTS,
    LOST_CLIENTS,
    NEW_MRR,
    REACTIVATION_MRR,
    UPSELL_MRR,
    CROSS_SELL_MRR,
    PRICE_CHANGE_MRR,
    EXPANSION_MRR,
    CONTRACTION_MRR,
    CHURNED_MRR,
    NET_NEW_MRR,
    FX_EFFECT,
    MRR_GROWTH_RATE,
    CMGR,
    QUICK_RATIO,
    CLV,
    LIFETIME_MONTHS,
    UPSELL_RATE,
    CROSS_SELL_RATE,
    PROJECT_CROSS_SELL_RATE,
    UPSELL_CROSS_SELL_REVENUE,
    UPSELL_CROSS_SELL_REVENUE_RATE,
    NPS,
    CSAT,
    SURVEY_RESPONSE_RATE,
    FIRST_RESPONSE_HOURS,
    FIRST_RESPONSE_HOURS_P90,
    FIRST_RESPONSE_HOURS_MEAN,
    REPLY_HOURS,
    SLA_ATTAINMENT,
    SLA_BREACHED,
    SLA_PENDING,
    FCR,
    TOUCHPOINTS_PER_CLIENT_MONTH,
    TOUCHPOINT_COVERAGE,
    PROPOSAL_CONVERSION_RATE,
    PROPOSAL_CONVERSION_VALUE_RATE,
    ON_TIME_DELIVERY_RATE,
    REFERRAL_RATE,
    REFERRAL_SHARE_OF_NEW_CLIENTS,
    TESTIMONIALS,
    AM_WORKLOAD,
    WEIGHTED_LOAD,
    AM_CONFIDENCE,
)

DEFINITIONS: dict[str, Definition] = {definition.key: definition for definition in _ALL}
