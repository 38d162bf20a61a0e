using System.Collections.Concurrent;

namespace Qama.Cim.Security;

/// <summary>Takes secrets out of text that comes from elsewhere before it reaches a message, a log or the journal.</summary>
internal sealed class Redactor
{
    private const int LongestText = 400;
    private const int ShortestSecret = 5;
    private readonly ConcurrentDictionary<string, byte> _secrets = new(StringComparer.Ordinal);

    /// <summary>One that knows a pair of credentials.</summary>
    public static Redactor For(CimCredentials credentials)
    {
        var redactor = new Redactor();
        redactor.Add(credentials.SdkCode);
        redactor.Add(credentials.UserId);
        return redactor;
    }

    public void Add(string secret)
    {
        // What is shorter is found everywhere, and guessed at once.
        if (secret.Length >= ShortestSecret)
        {
            _secrets[secret] = 0;
        }
    }

    public void Remove(string secret) => _secrets.TryRemove(secret, out _);

    public bool IsSecret(string text) => _secrets.ContainsKey(text);

    public string Redact(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        foreach (string secret in _secrets.Keys.OrderByDescending(s => s.Length))
        {
            text = text.Replace(secret, "***", StringComparison.OrdinalIgnoreCase);
        }

        // Control characters would let a server write lines into logs.
        string line = string.Create(Math.Min(text.Length, LongestText), text, (span, from) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(from[i]) ? ' ' : from[i];
            }
        });
        return text.Length > LongestText ? line + "…" : line;
    }
}
