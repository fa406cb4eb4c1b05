"""The LOINC codes under which FHIR observations hold the quantities of a series.

Vital signs: HL7 FHIR R4, vital signs profiles (hl7.org/fhir/R4/observation-vitalsigns.html). Answers of the level of
consciousness: the SNOMED CT codes of the CareConnect ACVPU value set (HL7 UK), and two LOINC answers; others by their text.
"""

from __future__ import annotations

LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
BUN_CODES = ("3094-0", "6299-2")  # mg/dL here is of urea nitrogen
NAMES: dict[str, str] = {
    "9279-1": "respiratory_rate_per_min",
    "2708-6": "spo2_percent",  # arterial blood
    "59408-5": "spo2_percent",  # pulse oximetry
    "3151-8": "oxygen_flow_l_min",
    "3150-6": "fio2_fraction",
    "19994-3": "fio2_fraction",  # of a ventilator
    "8480-6": "systolic_pressure_mmhg",
    "8462-4": "diastolic_pressure_mmhg",
    "8478-0": "mean_arterial_pressure_mmhg",
    "8867-4": "heart_rate_per_min",
    "67775-7": "consciousness",
    "80288-4": "consciousness",
    "9269-2": "gcs_points",
    "8310-5": "temperature_celsius",
    "9192-6": "urine_ml_per_day",
    "50984-4": "pao2_fio2_kpa",
    "2744-1": "arterial_ph",
    "2524-7": "lactate_mmol_l",
    "32693-4": "lactate_mmol_l",
    "2703-7": "pao2_mmhg",
    "2019-8": "paco2_mmhg",
    "1959-6": "bicarbonate_mmol_l",
    "1960-4": "bicarbonate_mmol_l",  # arterial blood
    "1963-8": "bicarbonate_mmol_l",  # serum or plasma
    "1925-7": "base_excess_mmol_l",
    "11555-0": "base_excess_mmol_l",
    "2075-0": "chloride_mmol_l",
    "17861-6": "calcium_mmol_l",
    "2000-8": "calcium_mmol_l",
    "19123-9": "magnesium_mmol_l",
    "2601-3": "magnesium_mmol_l",
    "2777-1": "phosphate_mmol_l",
    "14879-1": "phosphate_mmol_l",
    "4544-3": "haematocrit_percent",
    "20570-8": "haematocrit_percent",
    "3173-2": "ptt_s",
    "14979-9": "ptt_s",
    "6690-2": "leucocytes_10e9_l",
    "26464-8": "leucocytes_10e9_l",
    "2160-0": "creatinine_umol_l",
    "14682-9": "creatinine_umol_l",
    "3094-0": "urea_mmol_l",
    "6299-2": "urea_mmol_l",
    "22664-7": "urea_mmol_l",
    "2951-2": "sodium_mmol_l",
    "2947-0": "sodium_mmol_l",
    "2823-3": "potassium_mmol_l",
    "6298-4": "potassium_mmol_l",
    "2345-7": "glucose_mmol_l",
    "2339-0": "glucose_mmol_l",
    "14749-6": "glucose_mmol_l",
    "15074-8": "glucose_mmol_l",
    "1751-7": "albumin_g_l",
    "1975-2": "bilirubin_umol_l",
    "14631-6": "bilirubin_umol_l",
    "718-7": "haemoglobin_g_l",
    "777-3": "platelets_10e9_l",
    "26515-7": "platelets_10e9_l",
    "731-0": "lymphocytes_10e9_l",
    "751-8": "neutrophils_10e9_l",
    "1988-5": "crp_mg_l",
    "1742-6": "alt_u_l",
    "1920-8": "ast_u_l",
    "48065-7": "d_dimer_mg_l",
    "5902-2": "prothrombin_time_s",
}
# Panels: the values stand in the components, so that the code itself holds none.
PANELS = ("85354-9", "85353-1", "35094-2", "55284-4")
ACVPU_CODES: dict[tuple[str, str], str] = {
    (SNOMED, "248234008"): "A",
    (SNOMED, "130987000"): "C",
    (SNOMED, "300202002"): "V",
    (SNOMED, "450847001"): "P",
    (SNOMED, "422768004"): "U",
    (LOINC, "LA9340-6"): "A",
    (LOINC, "LA9343-0"): "U",
}
