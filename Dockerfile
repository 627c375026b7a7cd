# The platform's processes for the profile `server`; PostgreSQL and the chain run elsewhere (genbo network init).
FROM node:24-bookworm-slim
WORKDIR /opt/genbo
COPY . .
# Packages, Prisma's client and the compiled contracts, so that a start writes nothing here.
RUN node scripts/bootstrap.mjs scripts/prepare.ts && install -d -o node -g node -m 700 /var/lib/genbo
USER node
ENV GENBO_DATA_DIR=/var/lib/genbo
EXPOSE 8080
CMD ["node", "apps/cli/src/main.ts", "start"]
