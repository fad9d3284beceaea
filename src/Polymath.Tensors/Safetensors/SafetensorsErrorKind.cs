namespace Polymath.Tensors.Safetensors;

/// <summary>What is wrong with a safetensors file. The header kinds carry the reference reader's names and are found in its order.</summary>
public enum SafetensorsErrorKind
{
    /// <summary>The file has fewer than the 8 bytes of the header length.</summary>
    HeaderTooSmall,

    /// <summary>The header length is over 100,000,000 bytes.</summary>
    HeaderTooLarge,

    /// <summary>The header is longer than the file.</summary>
    InvalidHeaderLength,

    /// <summary>The header is not UTF-8.</summary>
    InvalidHeader,

    /// <summary>The header is not the JSON object the format asks for.</summary>
    InvalidHeaderDeserialization,

    /// <summary>Two tensors of the header have the same name.</summary>
    DuplicateKey,

    /// <summary>Tensors overlap, leave a hole, or end before they begin.</summary>
    InvalidOffset,

    /// <summary>The number of elements or bits does not fit 64 bits.</summary>
    ValidationOverflow,

    /// <summary>The bits of a sub-byte tensor do not fill whole bytes.</summary>
    MisalignedSlice,

    /// <summary>A tensor's bytes do not match its shape and type.</summary>
    TensorInvalidInfo,

    /// <summary>The tensors do not end where the file ends: truncated, or trailing bytes.</summary>
    MetadataIncompleteBuffer,

    /// <summary>No tensor of that name is in the file.</summary>
    TensorNotFound,

    /// <summary>The tensor's type cannot be read as the type asked for.</summary>
    UnsupportedConversion,
}
