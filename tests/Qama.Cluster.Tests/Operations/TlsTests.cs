using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Qama.Cluster.Members;

namespace Qama.Cluster.Tests.Operations;

/// <summary>With certificates, only members of the same authority are let in.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("qama-tls-");
    private readonly TestCertificates _own;
    private readonly TestCertificates _foreign;

    public TlsTests() => (_own, _foreign) = (new TestCertificates(_folder.FullName), new TestCertificates(_folder.FullName));

    [Theory]
    [Stores]
    public async Task Members_of_one_authority_are_let_in_and_no_others(string store)
    {
        await using TestCluster cluster = TestCluster.Create(store);
        cluster.Tls = _own.Pem();
        IHost server = await cluster.StartSiloAsync(ClusterRoles.Server);
        var directory = server.Services.GetRequiredService<IWorkerDirectory>();

        // Without a certificate, with one of another authority, and one that believes the other authority only: real processes, since a silo
        // that cannot take part may end its process.
        await Task.WhenAll(
            RefusedAsync(cluster, null), RefusedAsync(cluster, _foreign.Pem()),
            RefusedAsync(cluster, _own.Pem() with { AuthorityFile = _foreign.AuthorityFile }));
        Assert.Empty(directory.Workers);
        cluster.Tls = null;
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.ConnectAsync().WaitAsync(_patience));
        cluster.Tls = _foreign.Pem();
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.ConnectAsync().WaitAsync(_patience));

        // A real worker with a key that has a password, which comes from the environment.
        cluster.Environment[ClusterTls.PasswordVariable] = "opens the key";
        ClusterTls tls = _own.Pfx("opens the key");
        Process worker = await cluster.StartProcessAsync(
            "Worker", "--tls-certificate", tls.CertificateFile, "--tls-authority", tls.AuthorityFile);
        while (directory.Workers.Count == 0)
        {
            await directory.ChangedAsync(TimeSpan.FromSeconds(1), default);
        }

        Assert.False(worker.HasExited);
        cluster.Tls = _own.Pem();
        IClusterClient client = await cluster.ConnectAsync();
        Assert.Equal(ClusterNames.Version, await client.GetGrain<IClusterGate>(0).VersionAsync());
    }

    [Fact]
    public async Task What_is_no_certificate_is_told_with_its_file()
    {
        await using TestCluster cluster = TestCluster.Create("memory");
        ClusterTls tls = _own.Pfx("right");
        cluster.Tls = tls;
        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => cluster.StartSiloAsync(ClusterRoles.Server));
        Assert.Contains(tls.CertificateFile, e.Message, StringComparison.Ordinal);
        cluster.Tls = _own.Pem() with { AuthorityFile = "nothing.pem" };
        e = await Assert.ThrowsAsync<InvalidDataException>(() => cluster.StartSiloAsync(ClusterRoles.Server));
        Assert.Contains("'nothing.pem'", e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _own.Dispose();
        _foreign.Dispose();
        _folder.Delete(recursive: true);
    }

    // It tries for minutes: what it must not become is a member.
    private static async Task RefusedAsync(TestCluster cluster, ClusterTls? tls)
    {
        string[] options = tls is null
            ? [] : ["--tls-certificate", tls.CertificateFile, "--tls-key", tls.KeyFile!, "--tls-authority", tls.AuthorityFile];
        Task<Process> start = cluster.StartProcessAsync("Worker", options);
        await Task.WhenAny(start, Task.Delay(_patience));
        Assert.False(start.IsCompletedSuccessfully);
    }
}
