# The emulator for CI of any language: docker build -t qovery-emulator . && docker run -p 8787:8787 qovery-emulator
# To keep its state: docker run -v qovery:/state ... qovery-emulator --state /state/qovery.json
# Other containers that reach it by name need that name: docker run ... qovery-emulator --allow-host NAME
FROM python:3.13-slim

COPY . /source
RUN pip install --no-cache-dir /source && rm -rf /source && useradd --system --no-create-home emulator \
    && mkdir /state && chown emulator /state
VOLUME /state
USER emulator

EXPOSE 8787
# A file of the console: requests for the API would fill the console's list of them. `podman build` needs `--format docker`.
HEALTHCHECK --interval=2s --start-period=5s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8787/_emulator/console.css')"]
ENTRYPOINT ["qovery-emulator", "--host", "0.0.0.0"]
CMD ["--world", "demo", "--token", "qov_ci"]
