using Qama.Cim.Json;
using Qama.Cim.Storage;
using Qama.Cim.Transport;

namespace Qama.Cim.Security;

/// <summary>The account at the machine's vendor that pays for tasks: user id and secret. Read from the environment or from a file that only its owner can read; never printed.</summary>
public sealed class CimCredentials
{
    /// <summary>Environment variable of the user's id.</summary>
    public const string UserVariable = "QBOSON_USER_ID";

    /// <summary>Environment variable of the SDK code.</summary>
    public const string CodeVariable = "QBOSON_SDK_CODE";

    /// <summary>Environment variable of the path of a secrets file: JSON with "user_id" and "sdk_code".</summary>
    public const string FileVariable = "QAMA_CIM_SECRETS";

    private const int LargestFile = 64 * 1024;

    /// <summary>Creates credentials.</summary>
    /// <exception cref="ArgumentException">One is empty.</exception>
    public CimCredentials(string userId, string sdkCode)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(userId);
        ArgumentException.ThrowIfNullOrWhiteSpace(sdkCode);
        UserId = userId;
        SdkCode = sdkCode;
    }

    internal string UserId { get; }

    internal string SdkCode { get; }

    /// <summary>Credentials of the environment, otherwise of the secrets file, otherwise null.</summary>
    /// <param name="environment">Reads a variable; null for the process's environment.</param>
    /// <exception cref="CimException">Only one of the two variables is set, or the file cannot be used.</exception>
    public static CimCredentials? Find(Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        (string? user, string? code) = (environment(UserVariable), environment(CodeVariable));
        if (!string.IsNullOrWhiteSpace(user) && !string.IsNullOrWhiteSpace(code))
        {
            return new CimCredentials(user, code);
        }

        if (!string.IsNullOrWhiteSpace(user) || !string.IsNullOrWhiteSpace(code))
        {
            throw new CimException($"Of {UserVariable} and {CodeVariable} only one is set.");
        }

        return environment(FileVariable) is { Length: > 0 } path ? FromFile(path) : null;
    }

    /// <summary>Reads a secrets file.</summary>
    /// <exception cref="CimException">The file is missing or malformed, or others than its owner may read it.</exception>
    public static CimCredentials FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                throw new CimException($"Others may read {path}: restrict it to its owner (chmod 600).");
            }

            CheckedJson json = CheckedJson.Parse(WholeFile.Read(path, LargestFile), "It");
            return new CimCredentials(json["user_id"].Text(), json["sdk_code"].Text());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CimException($"The secrets file {path} cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is CimAnswerException or ArgumentException)
        {
            throw new CimException(
                $"The secrets file {path} must be JSON with the strings \"user_id\" and \"sdk_code\", neither empty. {(e as CimAnswerException)?.Message}");
        }
    }

    /// <summary>Nothing of them.</summary>
    public override string ToString() => "credentials (not shown)";
}
