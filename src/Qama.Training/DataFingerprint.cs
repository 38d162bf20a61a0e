using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Qama.Training;

/// <summary>What tells data of a training from others.</summary>
/// <param name="Samples">How many there are.</param>
/// <param name="Hash">SHA-256 of every sample's numbers and labels, in order.</param>
internal sealed record DataFingerprint(int Samples, string Hash)
{
    public static DataFingerprint Of<T>(Dataset<T> data)
        where T : unmanaged
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int s = 0; s < data.Count; s++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(data.Values(s)));
            hash.AppendData(MemoryMarshal.AsBytes(data.Labels(s)));
        }

        return new DataFingerprint(data.Count, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
