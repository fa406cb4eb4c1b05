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
BREAST_DATA = {
    "name": "Dataset of breast ultrasound images (BUSI), Baheya Hospital, Cairo",
    "citation": "Al-Dhabyani W. et al., Dataset of breast ultrasound images, Data in Brief 28:104863 (2020)",
    "licence": "CC BY 4.0, as MedMNIST lists it; the paper is CC BY and asks for citation",
    "link": "https://doi.org/10.1016/j.dib.2019.104863",
    "used": "780 pictures of about 600 women aged 25 to 75, longest side 320 px; 647 lesion masks",
}
BRAIN_DATA = {
    "name": "Brain tumor dataset, Nanfang Hospital Guangzhou and General Hospital Tianjin, 2005 to 2010",
    "citation": "Cheng Jun, brain tumor dataset, figshare 1512427 v5 (2017), doi:10.6084/m9.figshare.1512427.v5",
    "licence": "CC BY 4.0",
    "link": "https://doi.org/10.6084/m9.figshare.1512427.v5",
    "used": "3,064 contrast-enhanced T1 slices of 233 patients, 256 px; boxes made from the tumour masks",
}
FUNDUS_DATA = {
    "name": "Indian Diabetic Retinopathy Image Dataset (IDRiD), training part, Nanded, India",
    "citation": "Porwal P. et al., Data 3(3):25 (2018), doi:10.3390/data3030025",
    "licence": "CC BY 4.0",
    "link": "https://ieee-dataport.org/open-access/indian-diabetic-retinopathy-image-dataset-idrid",
    "used": "396 graded photographs and 51 with lesion masks, cropped to the retina, longest side 512 px",
}
