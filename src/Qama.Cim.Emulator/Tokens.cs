using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Qama.Cim.Emulator;

/// <summary>The tokens given out, and how often each was used.</summary>
/// <param name="mostUses">Requests that a token lasts for; null for any number.</param>
internal sealed class Tokens(int? mostUses)
{
    private readonly ConcurrentDictionary<string, int> _uses = new();

    /// <summary>A new token.</summary>
    public string Issue()
    {
        string token = "eyJ" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _uses[token] = 0;
        return token;
    }

    /// <summary>Whether the header "JWT token" holds one that is valid. One that is not, or that is to be refused, is
    /// forgotten.</summary>
    public bool Accept(string authorization, bool refuse)
    {
        string token = authorization.StartsWith("JWT ", StringComparison.Ordinal) ? authorization[4..] : "";
        bool isValid = _uses.ContainsKey(token) && _uses.AddOrUpdate(token, 1, (_, uses) => uses + 1) <= (mostUses ?? int.MaxValue);
        if (isValid && !refuse)
        {
            return true;
        }

        _uses.TryRemove(token, out _);
        return false;
    }
}
