using System.Buffers.Binary;

namespace Qama.Torch.Loading;

/// <summary>The versions of other libraries' symbols that a 64-bit ELF library needs (section
/// <c>.gnu.version_r</c>).</summary>
/// <remarks>Linux Standard Base, "Symbol Versioning": Elf64_Verneed {u16 version, u16 count, u32 file, u32 first
/// auxiliary, u32 next}, Elf64_Vernaux {u32 hash, u16 flags, u16 other, u32 name, u32 next}; offsets are relative to
/// the record.</remarks>
internal static class VersionNeeds
{
    private const uint SectionType = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2; // VER_FLG_WEAK

    /// <summary>Marks a needed version as one that may be missing.</summary>
    /// <param name="image">The library; changed.</param>
    /// <param name="version">The version's name.</param>
    /// <returns>Whether the library needs it.</returns>
    public static bool MakeWeak(Span<byte> image, string version)
    {
        if (image.Length < 64 || !image.StartsWith("\u007fELF"u8) || image[4] != 2 || image[5] != 1)
        {
            return false;
        }

        bool found = false;
        int count = U16(image, 0x3c);
        for (int s = 0; s < count; s++)
        {
            ReadOnlySpan<byte> section = Section(image, s);
            if (U32(section, 4) == SectionType)
            {
                int names = (int)U64(Section(image, (int)U32(section, 0x28)), 0x18);
                found |= MakeWeak(image, (int)U64(section, 0x18), names, version);
            }
        }

        return found;
    }

    private static bool MakeWeak(Span<byte> image, int need, int names, string version)
    {
        bool found = false;
        while (true)
        {
            int auxiliary = need + (int)U32(image, need + 8);
            for (int a = 0; a < U16(image, need + 2); a++)
            {
                if (Name(image, names + (int)U32(image, auxiliary + 8)) == version)
                {
                    var flags = (ushort)(U16(image, auxiliary + 4) | Weak);
                    BinaryPrimitives.WriteUInt16LittleEndian(image[(auxiliary + 4)..], flags);
                    found = true;
                }

                auxiliary += (int)U32(image, auxiliary + 12);
            }

            uint next = U32(image, need + 12);
            if (next == 0)
            {
                return found;
            }

            need += (int)next;
        }
    }

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> image, int index) =>
        image.Slice((int)U64(image, 0x28) + (index * U16(image, 0x3a)), 64);

    private static string Name(ReadOnlySpan<byte> image, int start)
    {
        ReadOnlySpan<byte> text = image[start..];
        return System.Text.Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
