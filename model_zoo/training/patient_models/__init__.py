"""Training of the patient models: common code, one declaration each in recipes/, and the SUPPORT model."""
