using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Qama.Cim.Emulator;

/// <summary>A task as it was uploaded: a form with the file "url" and the fields task_name, name, is_qubo and machine_name.</summary>
/// <param name="IsQubo">Whether the matrix was a QUBO.</param>
/// <param name="Matrix">The Ising matrix, after conversion.</param>
/// <param name="ContentHash">SHA-256 of file, form and machine.</param>
internal sealed record Upload(bool IsQubo, IsingMatrix Matrix, string ContentHash)
{
    private const int LongestBoundary = 70; // RFC 2046, section 5.1.1
    private const int LongestField = 1024;

    /// <summary>Reads and checks a submission.</summary>
    /// <returns>The upload, or null and what is wrong with it: with the form itself, or with the task in it.</returns>
    public static async Task<(Upload? Upload, string Problem, bool IsForm)> ReadAsync(HttpRequest request, EmulatorOptions options)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is not { Length: > 0 and <= LongestBoundary } boundary)
        {
            return (null, "expected multipart/form-data", false);
        }

        var fields = new Dictionary<string, string>();
        (int[] Values, int Size)? matrix = null;
        bool isFileRead = false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var reader = new MultipartReader(boundary, request.Body);
        try
        {
            while (await reader.ReadNextSectionAsync().ConfigureAwait(false) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition)
                    || HeaderUtilities.RemoveQuotes(disposition.Name).ToString() is not { Length: > 0 } name)
                {
                    return (null, "a part has no name", false);
                }

                using Body body = await Body.ReadAsync(section.Body, (int)(request.ContentLength ?? 0)).ConfigureAwait(false);
                if (name == "url" ? isFileRead : body.Bytes.Length > LongestField || fields.ContainsKey(name))
                {
                    return (null, "a field is too long, or given twice", false);
                }

                if (name == "url")
                {
                    isFileRead = true;
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
            return (null, "the form is cut off or malformed", false);
        }

        string machine = fields.GetValueOrDefault("machine_name", "");
        bool isQubo = fields.GetValueOrDefault("is_qubo", "").Equals("True", StringComparison.OrdinalIgnoreCase);
        if (Check(fields, machine, matrix, isQubo, options, out IsingMatrix? ising) is { } problem)
        {
            return (null, problem, true);
        }

        hash.AppendData(Encoding.UTF8.GetBytes($"{machine}|{isQubo}"));
        return (new Upload(isQubo, ising!, Convert.ToHexStringLower(hash.GetHashAndReset())), "", true);
    }

    private static string? Check(
        Dictionary<string, string> fields, string machine, (int[] Values, int Size)? matrix, bool isQubo, EmulatorOptions options,
        out IsingMatrix? ising)
    {
        ising = null;
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

        ising = isQubo ? UploadedMatrix.ToIsing(values, n) : new IsingMatrix(Copy(values), n, 8, 0);
        string? problem = ising is null ? "the coefficients are too large" : ising.Problem();
        bool fits = options.Rule switch
        {
            PrecisionRule.Ising => ising is { Factor: 8 } && UploadedMatrix.Fits(ising.Values, options.Bits),
            PrecisionRule.Uploaded => UploadedMatrix.Fits(values, options.Bits),
            _ => true,
        };
        ArrayPool<int>.Shared.Return(rented);
        problem ??= fits ? null : $"CIM only supports signed {options.Bits}-bit number";
        if (problem is not null)
        {
            ising?.Return();
        }

        return problem;
    }

    private static int[] Copy(ReadOnlySpan<int> values)
    {
        int[] copy = ArrayPool<int>.Shared.Rent(values.Length);
        values.CopyTo(copy);
        return copy;
    }
}
