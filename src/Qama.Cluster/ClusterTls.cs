using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Qama.Cluster;

/// <summary>Encryption between silos and clients, by which both sides also prove that they belong together: each has a certificate that
/// the cluster's own authority has signed.</summary>
/// <param name="CertificateFile">This process's certificate: PKCS #12 (.pfx, .p12) with its key, or PEM.</param>
/// <param name="AuthorityFile">The authority's certificates, PEM. No other authority is believed, not even the system's.</param>
public sealed record ClusterTls(string CertificateFile, string AuthorityFile)
{
    /// <summary>The environment variable, or name in the secrets file, with the password of the key; none for a key without.</summary>
    public const string PasswordVariable = "QAMA_CLUSTER_KEY_PASSWORD";

    /// <summary>The key, PEM; null where the certificate's file has it.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Reads the certificate with its key.</summary>
    /// <exception cref="InvalidDataException">A file is missing, is no certificate, or its password is another one; the message names
    /// the file.</exception>
    internal X509Certificate2 LoadCertificate()
    {
        string? password = ClusterSecrets.Read(PasswordVariable);
        return Read(CertificateFile, path =>
        {
            if (Path.GetExtension(path) is ".pfx" or ".p12")
            {
                return X509CertificateLoader.LoadPkcs12FromFile(path, password);
            }

            using X509Certificate2 pem = password is null
                ? X509Certificate2.CreateFromPemFile(path, KeyFile)
                : X509Certificate2.CreateFromEncryptedPemFile(path, password, KeyFile);

            // Windows' TLS cannot use a key that is in memory alone.
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        });
    }

    /// <summary>Whether a certificate is one of the cluster's: signed by its authority, valid now.</summary>
    internal Func<X509Certificate2, bool> LoadAuthority()
    {
        X509Certificate2Collection authority = Read(AuthorityFile, path =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(path);
            return found.Count > 0 ? found : throw new CryptographicException("It has no certificate.");
        });
        return certificate =>
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            return chain.Build(certificate);
        };
    }

    private static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' could not be read as a certificate: {e.Message}", e);
        }
    }
}
