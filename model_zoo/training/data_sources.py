"""Attribution of the training data, as the licences ask for it; goes into every card."""

from __future__ import annotations

ADULT_DATA = {
    "name": "NIH ChestX-ray14 (part), with readings of the RSNA Pneumonia Detection Challenge",
    "citation": (
        "Wang X. et al., ChestX-ray8: Hospital-scale Chest X-ray Database and Benchmarks, CVPR 2017, 3462-3471; "
        "Shih G. et al., Radiology: Artificial Intelligence 2019, doi:10.1148/ryai.2019180041"
    ),
    "licence": "free use with attribution; data provider: NIH Clinical Center",
    "link": "https://nihcc.app.box.com/v/ChestXray-NIHCC",
    "used": "128 px films of 2,297 adults and a 320 px companion set of the same archive",
}
CHILD_DATA = {
    "name": "Paediatric pneumonia films, Guangzhou Women and Children's Medical Center, with lung outlines by V7 Labs",
    "citation": "Kermany D. et al., Mendeley Data v2, doi:10.17632/rscbjbr9sj.2 (2018); Cell 172:1122 (2018)",
    "licence": "CC BY 4.0",
    "link": "https://data.mendeley.com/datasets/rscbjbr9sj/2",
    "used": "5,856 films of children aged 1 to 5; 4,936 lung masks",
}
