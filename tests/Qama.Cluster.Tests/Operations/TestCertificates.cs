using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Qama.Cluster.Tests.Operations;

/// <summary>An authority of a test, and certificates that it has signed, as files.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _folder;
    private readonly X509Certificate2 _authority;

    public TestCertificates(string folder)
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        AuthorityFile = Write("pem", _authority.ExportCertificatePem());
    }

    public string AuthorityFile { get; }

    /// <summary>A member's certificate and key in PEM files.</summary>
    public ClusterTls Pem()
    {
        using X509Certificate2 certificate = Issue();
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return new ClusterTls(Write("crt", certificate.ExportCertificatePem()), AuthorityFile)
        {
            KeyFile = Write("key", key.ExportPkcs8PrivateKeyPem()),
        };
    }

    /// <summary>A member's certificate and key in one file with a password.</summary>
    public ClusterTls Pfx(string password)
    {
        using X509Certificate2 certificate = Issue();
        string path = Path.Combine(_folder, $"{Guid.NewGuid():N}.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, password));
        return new ClusterTls(path, AuthorityFile);
    }

    public void Dispose() => _authority.Dispose();

    private X509Certificate2 Issue()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=member", key, HashAlgorithmName.SHA256);
        using X509Certificate2 signed = request.Create(
            _authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    private string Write(string extension, string text)
    {
        string path = Path.Combine(_folder, $"{Guid.NewGuid():N}.{extension}");
        File.WriteAllText(path, text);
        return path;
    }
}
