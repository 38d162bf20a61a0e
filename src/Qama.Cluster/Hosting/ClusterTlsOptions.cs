using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Qama.Cluster.Hosting;

/// <summary>What Orleans is told about certificates: both sides show one, and it counts if the cluster's authority has signed it.</summary>
internal static class ClusterTlsOptions
{
    // Members are known by who signed their certificate, not by a name: pods and laptops have none that lasts.
    private const string Name = "qama-cluster";

    public static Action<TlsOptions> Of(ClusterTls tls)
    {
        X509Certificate2 certificate = tls.LoadCertificate();
        Func<X509Certificate2, bool> isMember = tls.LoadAuthority();
        return options =>
        {
            options.LocalCertificate = certificate;
            options.LocalServerCertificateSelector = (_, _) => certificate;
            options.LocalClientCertificateSelector = (_, _, _, _, _) => certificate;
            options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            options.RemoteCertificateValidation = (remote, _, _) => isMember(remote);
            options.OnAuthenticateAsClient = (_, client) => client.TargetHost = Name;
        };
    }
}
