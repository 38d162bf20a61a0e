using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>Names of generated files: the compiler tells them apart without regard to case, which tells classes apart.</summary>
internal static class FileNames
{
    /// <summary>Longest part of a file name that is the class's own name: file systems end at 255 bytes.</summary>
    private const int LongestName = 150;

    private const string Extension = ".g.cs";

    /// <summary>The file of one part of a class, different for any two classes but for the case of letters.</summary>
    public static string Of(TypeIdentity type, string part)
    {
        // A class inside a class is no class inside a namespace of that name.
        string[] names = type.FullName.Split('.');
        int nested = type.ContainingTypes.Count + 1;
        string name = string.Join("+", [string.Join(".", names.Take(names.Length - nested + 1)), .. names.Skip(names.Length - nested + 1)]);
        string safe = new([.. name.Select(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '+' ? c : '_')]);
        bool isLong = Encoding.UTF8.GetByteCount(safe) > LongestName;
        if (isLong || safe != name)
        {
            safe = Cut(safe) + Hash(name);
        }

        return safe + "." + part + Extension;
    }

    /// <summary>Names that more than one file would have if case did not count.</summary>
    public static EquatableArray<string> Shared(IEnumerable<string> names) =>
    [
        .. names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).SelectMany(g => g)
            .OrderBy(n => n, StringComparer.Ordinal),
    ];

    /// <summary>A file's name where others share it: with what tells it apart.</summary>
    public static string Apart(string name)
    {
        int part = name.LastIndexOf('.', name.Length - Extension.Length - 1);
        string type = name.Substring(0, part);
        return type + Hash(type) + name.Substring(part);
    }

    private static string Cut(string name)
    {
        // No letter outside the first plane is left: none is cut in two.
        int length = Math.Min(name.Length, LongestName);
        while (Encoding.UTF8.GetByteCount(name.Substring(0, length)) > LongestName)
        {
            length--;
        }

        return name.Substring(0, length);
    }

    private static string Hash(string name) =>
        "_" + name.Aggregate(14695981039346656037UL, (h, c) => unchecked((h ^ c) * 1099511628211UL)).ToString("x16", CultureInfo.InvariantCulture);
}
