using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Qama.Cim.Emulator;

/// <summary>A task as it was uploaded: a form with the file "url" and the fields task_name, name, is_qubo and machine_name.</summary>
/// <param name="IsQubo">Whether the matrix was a QUBO.</param>
/// <param name="Ising">The Ising matrix, after conversion, Spins² integers.</param>
/// <param name="Spins">Its rows, the auxiliary spin included.</param>
/// <param name="ContentHash">SHA-256 of file, form and machine.</param>
internal sealed record Upload(bool IsQubo, int[] Ising, int Spins, string ContentHash)
{
    /// <summary>Reads and checks a submission.</summary>
    /// <returns>The upload, or null and what is wrong with it.</returns>
    public static async Task<(Upload? Upload, string Problem)> ReadAsync(HttpRequest request, EmulatorOptions options)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is not { Length: > 0 } boundary)
        {
            return (null, "expected multipart/form-data");
        }

        var fields = new Dictionary<string, string>();
        (int[] Values, int Size)? matrix = null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var reader = new MultipartReader(boundary, request.Body);
        try
        {
            while (await reader.ReadNextSectionAsync().ConfigureAwait(false) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition))
                {
                    return (null, "a part has no name");
                }

                string name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
                using Body body = await Body.ReadAsync(section.Body, (int)(request.ContentLength ?? 0)).ConfigureAwait(false);
                if (name == "url")
                {
                    matrix = UploadedMatrix.Parse(body.Bytes);
                    hash.AppendData(body.Bytes);
                }
                else
                {
                    fields[name] = Encoding.UTF8.GetString(body.Bytes);
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException && e is not BadHttpRequestException)
        {
            return (null, "the form is cut off or malformed");
        }

        string machine = fields.GetValueOrDefault("machine_name", "");
        bool isQubo = fields.GetValueOrDefault("is_qubo", "").Equals("True", StringComparison.OrdinalIgnoreCase);
        if (Check(fields, machine, matrix, isQubo, options, out int[] ising) is { } problem)
        {
            return (null, problem);
        }

        hash.AppendData(Encoding.UTF8.GetBytes($"{machine}|{isQubo}"));
        return (new Upload(isQubo, ising, matrix!.Value.Size + (isQubo ? 1 : 0), Convert.ToHexStringLower(hash.GetHashAndReset())), "");
    }

    private static string? Check(
        Dictionary<string, string> fields, string machine, (int[] Values, int Size)? matrix, bool isQubo, EmulatorOptions options, out int[] ising)
    {
        ising = [];
        if (!fields.ContainsKey("task_name") || !fields.ContainsKey("name") || !fields.ContainsKey("is_qubo"))
        {
            return "a field is missing";
        }

        if (!options.Machines.TryGetValue(machine, out int limit))
        {
            return "there is no such machine";
        }

        if (matrix is not (int[] rented, int n))
        {
            return "the file is no square matrix of integers";
        }

        ReadOnlySpan<int> values = rented.AsSpan(0, n * n);
        int spins = n + (isQubo ? 1 : 0);
        if (spins > limit)
        {
            return $"the matrix needs {spins} spins, the machine has {limit}";
        }

        bool isInteger = true;
        if (isQubo)
        {
            ising = UploadedMatrix.ToIsing(values, n, out isInteger);
        }
        else if (UploadedMatrix.IsIsing(values, n))
        {
            ising = values.ToArray();
        }
        else
        {
            return "the Ising matrix is not symmetric with zero diagonal";
        }

        bool fits = options.Rule switch
        {
            PrecisionRule.Ising => isInteger && UploadedMatrix.Fits(ising, options.Bits),
            PrecisionRule.Uploaded => UploadedMatrix.Fits(values, options.Bits),
            _ => true,
        };
        ArrayPool<int>.Shared.Return(rented);
        return fits ? null : $"CIM only supports signed {options.Bits}-bit number";
    }
}
