-- What Orleans asks of PostgreSQL: the queries that its ADO.NET providers look up by name, and tables for them. Parameters and
-- columns have the names that Orleans gives them (https://learn.microsoft.com/dotnet/orleans/host/configuration-guide/adonet-configuration).
-- Each query is one statement, so it happens wholly or not at all. Running this file again changes nothing.

CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);

CREATE TABLE IF NOT EXISTS qama_cluster (cluster text PRIMARY KEY, version integer NOT NULL DEFAULT 0);

CREATE TABLE IF NOT EXISTS qama_silo (
    cluster text NOT NULL REFERENCES qama_cluster, address text NOT NULL, port integer NOT NULL, generation integer NOT NULL,
    name text NOT NULL, host text NOT NULL, status integer NOT NULL, gateway integer, suspected text,
    started timestamptz NOT NULL, alive timestamptz NOT NULL,
    PRIMARY KEY (cluster, address, port, generation));

CREATE TABLE IF NOT EXISTS qama_grain (
    service text NOT NULL, type text NOT NULL, key0 bigint NOT NULL, key1 bigint NOT NULL, extension text NOT NULL,
    version integer NOT NULL, changed timestamptz NOT NULL, payload bytea,
    PRIMARY KEY (service, type, key0, key1, extension));

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', '
WITH added AS (INSERT INTO qama_cluster (cluster) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
SELECT count(*) FROM added'),
('InsertMembershipKey', '
WITH next AS (
    UPDATE qama_cluster SET version = version + 1
    WHERE cluster = @DeploymentId AND version = @Version AND NOT EXISTS (
        SELECT FROM qama_silo
        WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING cluster),
added AS (
    INSERT INTO qama_silo (cluster, address, port, generation, name, host, status, gateway, started, alive)
    SELECT cluster, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM next
    RETURNING 1)
SELECT count(*) FROM added'),
('UpdateMembershipKey', '
WITH next AS (
    UPDATE qama_cluster SET version = version + 1
    WHERE cluster = @DeploymentId AND version = @Version AND EXISTS (
        SELECT FROM qama_silo
        WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING cluster),
changed AS (
    UPDATE qama_silo s SET status = @Status, suspected = @SuspectTimes, alive = @IAmAliveTime
    FROM next
    WHERE s.cluster = next.cluster AND address = @Address AND port = @Port AND generation = @Generation
    RETURNING 1)
SELECT count(*) FROM changed'),
('UpdateIAmAlivetimeKey', '
UPDATE qama_silo SET alive = @IAmAliveTime
WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'),
('MembershipReadAllKey', '
SELECT c.cluster AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation, s.name AS SiloName,
    s.host AS HostName, s.status AS Status, s.gateway AS ProxyPort, s.suspected AS SuspectTimes, s.started AS StartTime,
    s.alive AS IAmAliveTime, c.version AS Version
FROM qama_cluster c LEFT JOIN qama_silo s ON s.cluster = c.cluster
WHERE c.cluster = @DeploymentId'),
('MembershipReadRowKey', '
SELECT c.cluster AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation, s.name AS SiloName,
    s.host AS HostName, s.status AS Status, s.gateway AS ProxyPort, s.suspected AS SuspectTimes, s.started AS StartTime,
    s.alive AS IAmAliveTime, c.version AS Version
FROM qama_cluster c LEFT JOIN qama_silo s
    ON s.cluster = c.cluster AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
WHERE c.cluster = @DeploymentId'),
('GatewaysQueryKey', '
SELECT address AS Address, gateway AS ProxyPort, generation AS Generation FROM qama_silo
WHERE cluster = @DeploymentId AND status = @Status AND gateway > 0'),
('DeleteMembershipTableEntriesKey', '
WITH gone AS (DELETE FROM qama_silo WHERE cluster = @DeploymentId)
DELETE FROM qama_cluster WHERE cluster = @DeploymentId'),
('CleanupDefunctSiloEntriesKey', '
DELETE FROM qama_silo WHERE cluster = @DeploymentId AND alive < @IAmAliveTime AND status <> 3'),
('ReadFromStorageKey', '
SELECT payload AS PayloadBinary, changed, version AS Version FROM qama_grain
WHERE service = @ServiceId AND type = @GrainTypeString AND key0 = @GrainIdN0 AND key1 = @GrainIdN1
    AND extension = coalesce(@GrainIdExtensionString::text, '''')'),
('WriteToStorageKey', '
WITH updated AS (
    UPDATE qama_grain SET payload = @PayloadBinary::bytea, version = version + 1, changed = now()
    WHERE service = @ServiceId AND type = @GrainTypeString AND key0 = @GrainIdN0 AND key1 = @GrainIdN1
        AND extension = coalesce(@GrainIdExtensionString::text, '''') AND version = @GrainStateVersion::integer
    RETURNING version),
added AS (
    INSERT INTO qama_grain (service, type, key0, key1, extension, version, changed, payload)
    SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString::text, ''''), 1, now(),
        @PayloadBinary::bytea
    WHERE @GrainStateVersion::integer IS NULL
    ON CONFLICT DO NOTHING
    RETURNING version)
SELECT coalesce((SELECT version FROM updated), (SELECT version FROM added), @GrainStateVersion::integer) AS NewGrainStateVersion'),
('ClearStorageKey', '
UPDATE qama_grain SET payload = NULL, version = version + 1, changed = now()
WHERE service = @ServiceId AND type = @GrainTypeString AND key0 = @GrainIdN0 AND key1 = @GrainIdN1
    AND extension = coalesce(@GrainIdExtensionString::text, '''') AND version = @GrainStateVersion::integer
RETURNING version AS NewGrainStateVersion'),
('DeleteStorageKey', '
DELETE FROM qama_grain
WHERE service = @ServiceId AND type = @GrainTypeString AND key0 = @GrainIdN0 AND key1 = @GrainIdN1
    AND extension = coalesce(@GrainIdExtensionString::text, '''') AND version = @GrainStateVersion::integer
RETURNING version + 1 AS NewGrainStateVersion')
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;
